# restsrc read: a range of a list, page by page. Which records, which requests.
load helpers
setup_file() { start_fault_server; }
teardown_file() { stop_server; }

@test "a list is read whole, byte for byte, one page after the other" {
    list n=1000
    restsrc read --parallel 1 "$list"
    exits 0
    wrote_records
    says_nothing
}

@test "a list is read whole, byte for byte, eight pages at a time" {
    list n=1000
    restsrc read --parallel 8 --page-size 30 "$list"
    exits 0
    wrote_records
}
