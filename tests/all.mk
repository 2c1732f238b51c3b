# make test: all suites.  SUITES="apps cli" runs only these.
SUITES ?= unit abi freebsd race fuzz apps cli

test: all
	tools/bootstrap test
	MAKE="$(MAKE)" B=$(abspath $(B)) tests/run-all $(SUITES)

.PHONY: test
