# Included by Makefile.am.

# Each target makes a tree of the sources and removes it, so that several can be asked for at once.

# ---- make wheel: dist/restsrc-*.whl, each with the tool inside as a static binary; make sdist: its sources ----
WHEEL_ARCHES = x86_64 aarch64
WHEELS = dist
.PHONY: wheel sdist
wheel: ## wheels of the Python package with the tool inside, static
	@$(MAKE) -s distdir
	$(srcdir)/packaging/make-wheels $(distdir) $(WHEELS) $(WHEEL_ARCHES)
	rm -rf $(distdir)
sdist: ## the Python package with the C sources
	@$(MAKE) -s distdir
	$(srcdir)/packaging/make-sdist $(distdir) dist
	rm -rf $(distdir)

# ---- make deb; make rpm, by the spec in the tarball of make dist; make container: the static program alone ----
.PHONY: deb rpm container
deb: ## a Debian package
	@$(MAKE) -s distdir
	$(srcdir)/packaging/make-deb $(distdir) dist $(PACKAGE_VERSION)
	rm -rf $(distdir)
rpm: dist ## an RPM package
	$(srcdir)/packaging/make-rpm $(distdir).tar.xz dist
CONTAINER_TOOL = podman
container: wheel ## an image of the static program alone
	for arch in $(WHEEL_ARCHES); do cp "$(PACKAGING_CACHE)/$$arch/restsrc" dist/restsrc-$$arch; done
	$(CONTAINER_TOOL) build -f $(srcdir)/packaging/Containerfile -t restsrc:$(PACKAGE_VERSION) .

# make check-wheel: the same again must be the same; then the binaries, the wheel, and every test of the tool with the
# static one.
PACKAGING_CACHE = $${CACHE:-$(abs_srcdir)/packaging/.cache}
.PHONY: check-wheel
check-wheel: all wheel ## try the wheels: pip, Spark, an empty root, aarch64 (after ./bootstrap)
	@test -x $(srcdir)/.venv/bin/python || { echo "what the tests need is missing: ./bootstrap"; exit 1; }
	rm -rf dist.again && $(MAKE) wheel WHEELS=dist.again
	for wheel in dist.again/*; do cmp "dist/$${wheel##*/}" "$$wheel" || exit 1; done
	rm -rf dist.again
	$(MAKE) sdist
	$(MAKE) distdir
	PATH="$(PACKAGING_CACHE)/bin:$$PATH" $(MAKE) -C "$(PACKAGING_CACHE)/aarch64/tool" check TESTS=
	CACHE="$(PACKAGING_CACHE)" DIST="$$PWD/dist" TREE="$$PWD/$(distdir)" RESTSRC="$$PWD/src/restsrc" \
		PYTHON3='$(PYTHON3)' $(BATS) $(srcdir)/packaging/check.bats
	rm -rf $(distdir)
	RESTSRC_WHEEL=$$(ls dist/*manylinux*_$$(uname -m).whl) \
		$(srcdir)/.venv/bin/python -m pytest -v $(srcdir)/spark/tests/test_wheel.py
	$(MAKE) check RESTSRC="$(PACKAGING_CACHE)/$$(uname -m)/restsrc"

# make check-cluster: a Spark cluster whose workers have no restsrc, with all the ways to bring it. WHEEL=FILE: one that
# make wheel made.
.PHONY: check-cluster
check-cluster: all ## a Spark cluster whose workers have no restsrc
	env $(WHEEL:%=RESTSRC_WHEEL=%) $(srcdir)/.venv/bin/python -m pytest -v -m '' $(srcdir)/spark/tests/test_cluster.py
