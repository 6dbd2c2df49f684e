find kernel -name '*.ko' | xargs nm -u > /tmp/undefined
count() { for symbol; do echo "$(grep -cw "$symbol" /tmp/undefined) $symbol"; done; }
count try_module_get module_put __module_get __module_put_and_kthread_exit
count refcount_warn_saturate kobject_put
count misc_deregister unregister_filesystem free_irq timer_delete_sync kthread_stop
count synchronize_rcu rcu_barrier percpu_down_write stop_machine
