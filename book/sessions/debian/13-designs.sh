find kernel -name '*.ko' | xargs nm -u > /tmp/undefined
grep -owE 'try_module_get|module_put|__module_get|__module_put_and_kthread_exit' /tmp/undefined | LC_ALL=C sort | uniq -c
grep -owE 'refcount_warn_saturate|kobject_put' /tmp/undefined | LC_ALL=C sort | uniq -c
grep -owE 'misc_deregister|unregister_filesystem|free_irq|timer_delete_sync|kthread_stop' /tmp/undefined | LC_ALL=C sort | uniq -c
grep -owE 'synchronize_rcu|rcu_barrier|percpu_down_write|stop_machine' /tmp/undefined | LC_ALL=C sort | uniq -c
