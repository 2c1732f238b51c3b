demo: all
	tools/demo $(B)

.PHONY: demo
