head -c 3000 hello.ko > short.ko
!cargo loader modinfo short.ko
