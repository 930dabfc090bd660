# Included by Makefile.am.

# ---- tests: C units and bats, each reported by its own name through automake's TAP driver ----
UNIT_TESTS = \
	tests/unit/test_buf \
	tests/unit/test_number \
	tests/unit/test_head \
	tests/unit/test_corpus \
	tests/unit/test_split \
	tests/unit/test_split_random \
	tests/unit/test_split_lane \
	tests/unit/test_scan \
	tests/unit/test_path \
	tests/unit/test_jsonpath \
	tests/unit/test_jsonpath_suite \
	tests/unit/test_retry \
	tests/unit/test_rules \
	tests/unit/test_total \
	tests/unit/test_url \
	tests/unit/test_sigv4 \
	tests/unit/test_no_proxy \
	tests/unit/test_options \
	tests/unit/test_secret \
	tests/unit/test_ratelimit \
	tests/unit/test_rate \
	tests/unit/test_link_header \
	tests/unit/test_batch \
	tests/unit/test_results \
	tests/unit/test_input \
	tests/unit/test_charset \
	tests/unit/test_gzip \
	tests/unit/test_ca \
	tests/unit/test_kept \
	tests/unit/test_text \
	tests/unit/test_terminal \
	tests/unit/test_origin \
	tests/unit/test_usual \
	tests/unit/test_refusal \
	tests/unit/test_sentence \
	tests/unit/test_paginate \
	tests/unit/test_styles \
	tests/unit/test_coverage \
	tests/unit/test_lines \
	tests/unit/test_newer \
	tests/unit/test_fields \
	tests/unit/test_repeat \
	tests/unit/test_seen \
	tests/unit/test_evidence \
	tests/unit/test_arrow \
	tests/unit/test_cells \
	tests/unit/test_zone \
	tests/unit/test_lookup \
	tests/unit/test_io \
	tests/unit/test_moment \
	tests/unit/test_token \
	tests/unit/test_rows
STYLE_TESTS = \
	tests/styles.bats \
	tests/styles_pieces.bats \
	tests/coverage.bats \
	tests/styles_lies.bats \
	tests/styles_count.bats \
	tests/ahead.bats \
	tests/cursors.bats \
	tests/messages.bats \
	tests/echo.bats \
	tests/filters.bats \
	tests/links.bats \
	tests/styles_json_server.bats \
	tests/styles_datasette.bats \
	tests/styles_drf.bats
BATS_TESTS = \
	$(STYLE_TESTS) \
	tests/read.bats \
	tests/arrow.bats \
	tests/shapes.bats \
	tests/jsonpath.bats \
	tests/rules.bats \
	tests/faults.bats \
	tests/hostile.bats \
	tests/count.bats \
	tests/count_each.bats \
	tests/command_line.bats \
	tests/config.bats \
	tests/process.bats \
	tests/hardships.bats \
	tests/others.bats \
	tests/state.bats \
	tests/look.bats \
	tests/since.bats \
	tests/windows.bats \
	tests/recipes.bats \
	tests/each.bats \
	tests/lookup.bats \
	tests/lookup_many.bats \
	tests/flights.bats \
	tests/presets.bats \
	tests/presets_write.bats \
	tests/presets_real.bats \
	tests/presets_data.bats \
	tests/check.bats \
	tests/completions.bats \
	tests/ways.bats \
	tests/write.bats \
	tests/write_arrow.bats \
	tests/write_rejects.bats \
	tests/write_templates.bats \
	tests/call.bats \
	tests/auth.bats \
	tests/bodies.bats \
	tests/logins.bats \
	tests/network.bats \
	tests/oauth.bats \
	tests/rate.bats \
	tests/tls.bats \
	tests/secrets.bats \
	tests/examples_auth.bats
TESTS = tests/includes.py tests/promises.py \
	docs/generate.py tests/answers.py tests/against_json.py tests/cost.py bench/guard.py \
	tests/lists.py $(UNIT_TESTS) $(BATS_TESTS)

check_PROGRAMS = $(UNIT_TESTS) tests/property/split_texts tests/property/cost
LDADD = src/libcore.a $(CURL_LIBS) $(CJSON_LIBS) $(ZLIB_LIBS) -lm
tests_unit_test_corpus_SOURCES = tests/unit/test_corpus.c $(SPLITTING)
tests_unit_test_jsonpath_suite_SOURCES = tests/unit/test_jsonpath_suite.c $(SPLITTING)
SPLITTING = tests/unit/splitting.c tests/unit/splitting.h tests/unit/tap.h
tests_unit_test_split_SOURCES = tests/unit/test_split.c $(SPLITTING)
RANDOM_JSON = tests/unit/random_json.c tests/unit/random_json.h
tests_unit_test_split_random_SOURCES = tests/unit/test_split_random.c $(SPLITTING) $(RANDOM_JSON)
tests_unit_test_split_lane_SOURCES = tests/unit/test_split_lane.c $(SPLITTING) $(RANDOM_JSON)
tests_unit_test_scan_SOURCES = tests/unit/test_scan.c tests/unit/tap.h $(RANDOM_JSON)
PAGING = tests/unit/paging.c tests/unit/paging.h tests/unit/tap.h
tests_unit_test_paginate_SOURCES = tests/unit/test_paginate.c $(PAGING)
tests_unit_test_styles_SOURCES = tests/unit/test_styles.c $(PAGING)
tests_unit_test_lines_SOURCES = tests/unit/test_lines.c tests/unit/tap.h
tests_unit_test_newer_SOURCES = tests/unit/test_newer.c tests/unit/tap.h
tests_unit_test_coverage_SOURCES = tests/unit/test_coverage.c $(PAGING)
tests_unit_test_repeat_SOURCES = tests/unit/test_repeat.c $(PAGING)
tests_unit_test_seen_SOURCES = tests/unit/test_seen.c $(PAGING)
tests_unit_test_evidence_SOURCES = tests/unit/test_evidence.c $(PAGING)
TEST_DATA_FLAG = $(AM_CPPFLAGS) -DTEST_DATA='"$(abs_srcdir)/tests/data"'
tests_unit_test_jsonpath_suite_CPPFLAGS = $(TEST_DATA_FLAG)
tests_unit_test_corpus_CPPFLAGS = $(TEST_DATA_FLAG)
tests_unit_test_rows_CPPFLAGS = $(TEST_DATA_FLAG)

TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .bats .py
LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap
PY_LOG_DRIVER = $(TAP_DRIVER)
PY_LOG_COMPILER = $(PYTHON3)
# make check RESTSRC=PROGRAM: the bats files with another build.
RESTSRC = $(abs_top_builddir)/src/restsrc
AM_TESTS_ENVIRONMENT = RESTSRC='$(RESTSRC)'; PYTHON3='$(PYTHON3)'; export RESTSRC PYTHON3;

# The code itself, and builds with other compilers. Both need what ./bootstrap lint and ./bootstrap check install.
LINT = $(srcdir)/.venv/bin/python $(srcdir)/tests/lint.py
.PHONY: format lint lint-quick check-compilers
format: ## give C and Python their layout
	@$(LINT) --fix
lint: ## what can be said of the code without running it: layout, likely bugs, types, man pages
	@$(LINT) -- $(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS) -std=c11 $(WARN_CFLAGS) $(CURL_CFLAGS) $(CJSON_CFLAGS) $(ZLIB_CFLAGS)
lint-quick: ## the part of it that takes seconds; pre-commit runs it
	@$(LINT) --quick
check-compilers: distdir ## build without warnings with gcc, AddressSanitizer and clang; run the unit tests
	@$(srcdir)/tests/compilers $(distdir) $(UNIT_TESTS); status=$$?; rm -rf $(distdir); exit $$status

# The tests with programs that watch their own memory: all of them by the sanitizers, and by valgrind the units and the
# bats files where most memory changes hands. Each in a build of its own. Tests of time and memory skip themselves.
# make check-asan TESTS='tests/unit/test_buf tests/read.bats': only these.
CHOSEN = $(if $(findstring command,$(origin TESTS)),$(TESTS))
SANITIZED = $(or $(CHOSEN),$(UNIT_TESTS) $(BATS_TESTS))
WATCHED = $(or $(CHOSEN),$(UNIT_TESTS) $(addprefix tests/,$(addsuffix .bats,read write count arrow state)))
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
	--suppressions=$(abs_srcdir)/tests/valgrind.supp
.PHONY: check-asan check-valgrind
check-asan: all distdir ## units and bats with AddressSanitizer and UndefinedBehaviorSanitizer, minutes
	@(cd $(distdir) && ./configure -q --enable-asan CFLAGS='-g -O1' && $(MAKE) -s && \
		$(MAKE) -s check TESTS='$(filter tests/unit/%,$(SANITIZED))') && \
	$(MAKE) check RESTSRC=$(abs_builddir)/$(distdir)/src/restsrc TESTS='$(filter-out tests/unit/%,$(SANITIZED))'; \
	status=$$?; rm -rf $(distdir); exit $$status
check-valgrind: all distdir ## units and some bats files under valgrind: what is lost is an error, too; minutes
	@(cd $(distdir) && ./configure -q --disable-hardening CFLAGS='-g -O1' && $(MAKE) -s && \
		$(MAKE) -s check TESTS='$(filter tests/unit/%,$(WATCHED))' LOG_COMPILER='$(VALGRIND)') && \
	printf '#!/bin/sh\nexec $(VALGRIND) %s "$$@"\n' $(abs_builddir)/$(distdir)/src/restsrc >$(distdir)/watched && \
	chmod +x $(distdir)/watched && \
	$(MAKE) check RESTSRC=$(abs_builddir)/$(distdir)/watched TESTS='$(filter-out tests/unit/%,$(WATCHED))'; \
	status=$$?; rm -rf $(distdir); exit $$status

# make coverage: needs gcovr, which is fetched into a place of its own. In minutes. COVERAGE=clang: by conditions of the
# sources instead of jumps of the program.
.PHONY: coverage
COVERAGE = gcc
coverage: all distdir $(srcdir)/.bootstrap/gcovr ## which branches of src/ the tests take, minutes
	@$(srcdir)/tests/measure-coverage $(COVERAGE) $(distdir) $(srcdir)/.bootstrap/gcovr/bin/python \
		'$(UNIT_TESTS)' 'tests/answers.py tests/lists.py $(BATS_TESTS)'; status=$$?; rm -rf $(distdir); exit $$status
$(srcdir)/.bootstrap/gcovr:
	$(PYTHON3) -m venv $@ && $@/bin/pip install -q --disable-pip-version-check gcovr==8.8 || { rm -rf $@; exit 1; }

# make mutants: faults put into the pure modules, one at a time, which the unit tests should notice.
MUTANTS = --number 100
.PHONY: mutants
mutants: distdir ## small faults put into modules: do their unit tests notice? minutes
	@(cd $(distdir) && ./configure -q --disable-hardening CFLAGS=-O1 && $(MAKE) -s && \
		$(PYTHON3) tests/mutants.py . $(MUTANTS)); status=$$?; rm -rf $(distdir); exit $$status

# The build needs none of these, the tests all of them: without one `make check` fails at once, and says so.
check_DATA = what-tests-need
.PHONY: what-tests-need
what-tests-need:
	@twice=`printf '%s\n' $(basename $(TESTS)) | sort | uniq -d`; \
	test -z "$$twice" || { echo "two tests share one log, so one would not run: $$twice" >&2; exit 1; }
	@missing=; \
	for tool in '$(BATS)' '$(PYTHON3)' curl jq openssl; do \
		command -v "$$tool" >/dev/null || missing="$$missing $$tool"; \
	done; \
	test -z "$$missing" || { \
		echo "make check needs, and does not find:$$missing (Debian, Ubuntu: apt install$$missing)" >&2; \
		exit 1; \
	}

# make check-streams: streaming queries killed twenty times, in each mode of reading and for each kind of target that is
# written. Takes minutes; `make check` has no Spark, and pytest has two or three kills.
.PHONY: check-streams
check-streams: all ## streaming queries killed twenty times, minutes
	$(srcdir)/.venv/bin/python -m pytest -s -v -m kills $(srcdir)/spark/tests/test_stream_kills.py \
		$(srcdir)/spark/tests/test_stream_write_kills.py
	RESTSRC_SEEDS=500 $(srcdir)/.venv/bin/python -m pytest -q $(srcdir)/spark/tests/test_stream_seeds.py

.PHONY: check-matrix check-oldest
check-matrix: all ## a core of the tests with each PySpark, Python and Java that can be had; half an hour
	$(srcdir)/.venv/bin/python $(srcdir)/spark/tests/matrix.py
check-oldest: all ## the same with the oldest PySpark alone
	@$(srcdir)/.venv/bin/python $(srcdir)/spark/tests/matrix.py oldest

.PHONY: check-pushdown
check-pushdown: all ## 2,100 random filters in Spark, pushed down and not: the same rows; half an hour
	RESTSRC_PREDICATES=700 $(srcdir)/.venv/bin/python -m pytest -s -v $(srcdir)/spark/tests/test_pushdown_random.py

.PHONY: check-stops
check-stops: all ## reads that are killed at 200 random points and go on
	@$(PYTHON3) $(srcdir)/tests/property/stops.py $(RESTSRC) 200

.PHONY: check-json
JSON_TEXTS = 1000000
check-json: tests/property/split_texts ## a million texts through the splitter and through Python's json
	@SPLITTER=tests/property/split_texts $(PYTHON3) $(srcdir)/tests/against_json.py $(JSON_TEXTS)

.PHONY: check-cost
check-cost: tests/property/cost ## the worst texts for each parser, of 1 to 8 MB: the time must not grow faster; minutes
	@COST=tests/property/cost $(PYTHON3) $(srcdir)/tests/cost.py --time

# make check-torture: each call that allocates, reads, writes, opens or syncs fails once, SHARE=N: one in N of them;
# then again with AddressSanitizer. make check-faults: FAULTS is a number of scenarios, or all, RESTSRC_SEED draws them.
.PHONY: check-torture check-faults
SHARE = 1
FAULTS = all
check-torture: all ## every call that can fail does, at each point of a run
	@PYTHON3=$(PYTHON3) $(srcdir)/tests/property/torture.sh $(RESTSRC) $(SHARE) sanitized
check-faults: all ## 4,024 answers that go wrong: cuts at each byte, stalls, bombs, odd headers
	@$(PYTHON3) $(srcdir)/tests/property/scenarios.py $(RESTSRC) $(FAULTS) $${RESTSRC_SEED:-1}

# make check-apis: presets and check against real servers that are large, or slow to install: gigabytes, minutes.
# API=odata: that one alone.
.PHONY: check-apis
check-apis: all ## presets against real servers that are large; API=NAME is one of them
	$(srcdir)/tests/servers/install-apis $(API)
	$(AM_TESTS_ENVIRONMENT) $(BATS) --filter '^$(API)' $(srcdir)/tests/presets_apis.bats

# make fuzz: libFuzzer, FUZZ_SECONDS for each of tests/fuzz/fuzz_*.c. Needs clang. A short run is a part of the whole
# check (tests/run_all.py).
FUZZ_SECONDS = 60
.PHONY: fuzz fuzz-short
fuzz: all ## libFuzzer on all that reads foreign bytes, FUZZ_SECONDS each
	$(srcdir)/tests/fuzz/run -s $(FUZZ_SECONDS)
fuzz-short: all
	$(srcdir)/tests/fuzz/run -s 5

# ---- make dist ----
EXTRA_DIST += \
	CONTRIBUTING.md \
	HACKING.md \
	bootstrap \
	.clang-format \
	.clang-tidy \
	.editorconfig \
	.pre-commit-config.yaml \
	.shellcheckrc \
	ruff.toml \
	tests/unit/tap.h \
	tests/compilers \
	tests/hardened \
	tests/against_json.py \
	tests/answers.py \
	tests/cost.py \
	tests/includes.py \
	tests/lists.py \
	tests/lint.py \
	tests/measure-coverage \
	tests/promises.py \
	tests/mutants.py \
	tests/requirements-lint.txt \
	tests/run_all.py \
	tests/truth.py \
	tests/valgrind.supp \
	tests/guard.bash \
	tests/helpers.bash \
	tests/presets_real.bash \
	tests/sink.bash \
	tests/styles.bash \
	tests/presets_apis.bats \
	$(BATS_TESTS)
# These are taken whole; what was only made or installed in them stays here.
DIST_FOLDERS = .ci .github bench docs packaging spark tests/data tests/demo tests/fuzz tests/property tests/servers
DIST_WITHOUT = tests/fuzz/found node_modules .cache __pycache__ '*.egg-info' .pytest_cache .mypy_cache .ruff_cache \
	.hypothesis '*.o' .deps .dirstamp tests/property/cost tests/property/split_texts \
	spark-warehouse metastore_db derby.log spark/build spark/dist
dist-hook:
	(cd $(srcdir) && tar -cf - $(DIST_WITHOUT:%=--exclude=%) $(DIST_FOLDERS)) | (cd $(distdir) && tar -xf -)
