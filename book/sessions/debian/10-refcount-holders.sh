grep -rlw try_module_get kernel | wc -l
grep -rlw __module_get kernel | wc -l
grep -rlw __module_put_and_kthread_exit kernel | sort
grep -rlw module_refcount kernel
