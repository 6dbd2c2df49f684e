/*
 * tally: counts, and every CPU counts for itself.
 *
 *	echo > /dev/tally	one more
 *	cat /dev/tally		what each CPU counted, and the sum
 *
 * A counter that all CPUs change travels from cache to cache at every count. Here each CPU has its own:
 * counting is one instruction without a lock. Only the sum is hard: while one adds the counters up, the
 * CPUs count on, and the answer may be one that was never true. The kernel's reference counts were kept
 * like this from 2002 to 2015 (chapters 11 and 13).
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#define TEXT_SIZE	4096

static DEFINE_PER_CPU(long, tally);

/* How many CPUs there may be: found out once, and constant from then on. */
static unsigned int cpus __ro_after_init;

static ssize_t tally_write(struct file *file, const char __user *buffer, size_t length,
			   loff_t *position)
{
	this_cpu_inc(tally);
	return length;
}

static ssize_t tally_read(struct file *file, char __user *buffer, size_t length, loff_t *position)
{
	char *text = kmalloc(TEXT_SIZE, GFP_KERNEL);
	ssize_t result;
	long sum = 0;
	int end = 0;
	unsigned int cpu;

	if (!text)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		long count = READ_ONCE(per_cpu(tally, cpu));

		sum += count;
		end += scnprintf(text + end, TEXT_SIZE - end, "CPU %u: %ld\n", cpu, count);
	}
	end += scnprintf(text + end, TEXT_SIZE - end, "%u CPUs: %ld\n", cpus, sum);
	result = simple_read_from_buffer(buffer, length, position, text, end);
	kfree(text);
	return result;
}

static const struct file_operations tally_fops = {
	.owner = THIS_MODULE,
	.read = tally_read,
	.write = tally_write,
};

static struct miscdevice tally_device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "tally", .fops = &tally_fops, .mode = 0666 };

static int __init tally_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		cpus++;
	return misc_register(&tally_device);
}

static void __exit tally_exit(void)
{
	misc_deregister(&tally_device);
}

module_init(tally_init)
module_exit(tally_exit)

MODULE_DESCRIPTION("Counts on every CPU");
MODULE_LICENSE("Dual MIT/GPL");
