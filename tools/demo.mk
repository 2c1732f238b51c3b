demo: $(B)/guise $(B)/guise-kern
	tools/demo $(B)

.PHONY: demo
