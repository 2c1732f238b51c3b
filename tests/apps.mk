# Application tests and the tests of the command itself.
GUISE_BIN = $(B)/guise $(B)/guise-kern $(B)/guise-text

$(B)/debroot.spec: tools/debroot
	tools/bootstrap test
	tools/debroot $(B)/debroot
	@touch $@

test-apps: $(GUISE_BIN) $(B)/debroot.spec
	B=$(abspath $(B)) tests/run-apps

test-cli: $(GUISE_BIN) $(B)/bench/micro $(B)/bench/tiny
	tools/bootstrap test
	B=$(abspath $(B)) tests/run-cli

.PHONY: test-apps test-cli
