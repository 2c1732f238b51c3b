# make check: what can be said about the source without running it.
#
# clang-tidy also compiles each file with clang's warnings.  A file is looked
# at again only when it or a header of it has changed: the objects know.
CHECK_SRC  = $(filter-out %.S,$(KSRC)) $(sort $(USRC) $(TSRC))
TIDY_STAMP = $(CHECK_SRC:%=$(B)/tidy/%.ok)
TIDY_KERN  = $(filter-out -fno-jump-tables -MMD -MP,$(KCFLAGS))
TIDY_USER  = $(filter-out -MMD -MP,$(UCFLAGS))

check: check-layers check-globals check-calls check-size check-tidy

check-layers:
	tools/bootstrap check
	tools/check-layers

check-globals: $(B)/guise-kern
	tools/check-globals $(B)/guise-kern

check-calls:
	tools/check-calls

check-size:
	tools/check-size sys lib cmd

check-tidy: $(TIDY_STAMP)
	@echo "check-tidy: $(words $(TIDY_STAMP)) files"

$(B)/tidy/sys/%.ok: sys/% $(B)/sys/%.o .clang-tidy
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- $(TIDY_KERN) 2>/dev/null
	@touch $@

$(B)/tidy/%.ok: % $(B)/%.o .clang-tidy
	@mkdir -p $(@D)
	clang-tidy --quiet $< -- $(TIDY_USER) 2>/dev/null
	@touch $@

.PHONY: check check-layers check-globals check-calls check-size check-tidy
