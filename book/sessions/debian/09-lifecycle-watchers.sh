grep -rlw -e register_module_notifier kernel | wc -l
grep -rlw -e blocking_notifier_chain_register kernel | wc -l
grep -rlw -e device_add_disk kernel/drivers/block | sort
