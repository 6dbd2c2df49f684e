mkdir -p market
LC_ALL=C sed s/import_ns=ABACUS/import_ns=MARKET/ merchant.ko > market/smuggler.ko
LC_ALL=C sed 's|license=Dual MIT/GPL|license=Proprietary |' merchant.ko > market/dealer.ko
LC_ALL=C sed 's/abacus/sucaba/g; s/sucaba_add/abacus_add/g' abacus.ko > market/copy.ko
printf '%s\n' 'insmod abacus.ko' '!insmod market/smuggler.ko' '!insmod market/dealer.ko' > market/day
printf '%s\n' '!insmod market/copy.ko' 'insmod merchant.ko' lsmod '!rmmod abacus' >> market/day
cargo loader --built-in run market/day
