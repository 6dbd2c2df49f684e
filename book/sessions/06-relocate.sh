cargo loader link --base 0xffffffffc0000000 --undefined 0xffffffff81100000 hello.ko -o linked
grep -e init.text -e rodata.str linked/map
od -A x -t x1 linked/*.init.text
od -A x -t x8 -j 312 -N 8 linked/*.this_module
!cargo loader link --base 0x80000000 hello.ko -o linked
