"""The three pagination styles of Django REST Framework, each with a cap on the page as real sites have."""

from rest_framework import pagination


class Offset(pagination.LimitOffsetPagination):
    """?offset=&limit=; a larger limit than the cap is quietly cut."""

    default_limit = 100
    max_limit = 10_000


class Page(pagination.PageNumberPagination):
    """?page=&page_size=; a page past the last is a 404."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


class Cursor(pagination.CursorPagination):
    """?cursor=&page_size=; next is a whole URL, and there is no count."""

    ordering = "id"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 10_000
