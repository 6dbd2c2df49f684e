/* A lock whose waiters sleep (include/linux/mutex.h). */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

#include <linux/types.h>

struct mutex {
	long owner;
	u32 wait_lock;
	u32 osq;
	struct list_head wait_list;
};

ABI_SIZE(struct mutex, 32);
ABI_OFFSET(struct mutex, wait_list, 16);

#define DEFINE_MUTEX(name)	\
	struct mutex name = { .wait_list = { &name.wait_list, &name.wait_list } }

struct lock_class_key;
void __mutex_init(struct mutex *lock, const char *name, struct lock_class_key *key);
#define mutex_init(lock)	__mutex_init(lock, #lock, NULL)

void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);

#endif
