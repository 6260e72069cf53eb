"""Fire alarm transmission devices (用户信息传输装置) that report over GB/T 26875.3-2011."""
