echo '!insmod hello.ko' > try.txt
for policy in v6.1 strict; do echo "== $policy"; cargo loader --built-in --policy $policy --vermagic '6.1.0-56-amd64 preempt mod_unload modversions ' run try.txt; done
printf 'insmod hello.ko\ndmesg -t\n' > try.txt
cargo loader --built-in --policy 2003 run try.txt
LC_ALL=C sed 's/vermagic=/vermagix=/' hello.ko > blank.ko
printf '!insmod blank.ko\ncat /proc/modules\n' > try.txt
for policy in v6.1 strict 2003; do echo "== $policy"; cargo loader --built-in --policy $policy run try.txt; done
