//! The kernel's own printf (lib/vsprintf.c) over a C `va_list`.

mod va_list;

pub use va_list::VaList;
