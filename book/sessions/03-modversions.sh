mkdir -p versions
printf '# 1 "f.c"\n# 1 "page.h" 1\nstruct page { int flags; };\n' > versions/old.i
printf 'struct file { struct page *page; };\n# 2 "f.c" 2\n' >> versions/old.i
printf 'int read(struct file *file) { return 0; }\n__GENKSYMS_EXPORT_SYMBOL(read);\n' >> versions/old.i
sed 's/int flags/long flags/' versions/old.i > versions/new.i
cargo loader genksyms < versions/old.i
cargo loader genksyms -D < versions/new.i 2>&1
cargo loader genksyms --explain versions/old.i versions/new.i read
LC_ALL=C sed s/module_layout/module_layouT/ hello.ko > versions/hello.ko
printf '%s\n' '!insmod versions/hello.ko' 'insmod hello.ko' > versions/load
cargo loader --built-in run versions/load
