# Included by Makefile.am.

# ---- make wheel: dist/restsrc-*.whl, each with the tool inside as a static binary; make sdist: its sources for pip ----
WHEEL_ARCHES = x86_64 aarch64
.PHONY: wheel sdist
wheel: distdir
	$(srcdir)/packaging/make-wheels $(distdir) dist $(WHEEL_ARCHES)
	rm -rf $(distdir)
sdist: distdir
	$(srcdir)/packaging/make-sdist $(distdir) dist
	rm -rf $(distdir)
