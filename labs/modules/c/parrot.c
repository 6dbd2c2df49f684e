/*
 * parrot: a character device that says again what it was told.
 *
 *	echo hello > /dev/parrot	it listens to one line, up to 63 characters
 *	cat /dev/parrot			"Polly wants a cracker!" from a parrot that heard nothing yet
 *
 * Whoever opens the device gets a parrot of their own: open allocates it, release frees it, and the
 * open file's private_data leads from one to the other. fops.owner is what keeps the module from being
 * removed while a parrot is out of its cage: the kernel takes a reference before it calls open, and
 * gives it back after release. That is the golden rule, and the module itself does nothing for it.
 */
#include <linux/ioctl.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* ioctl: say each line this many times (1 to 9); how many lines were heard; forget the last one. */
#define PARROT_REPEAT	_IOW('p', 1, int)
#define PARROT_HEARD	_IOR('p', 2, int)
#define PARROT_FORGET	_IO('p', 3)

#define LINE_LENGTH	64
#define MAX_REPEAT	9

struct parrot {
	struct mutex lock;	/* one speaks at a time: protects all below */
	char line[LINE_LENGTH];	/* without newline */
	int heard;
	int repeat;
};

static void parrot_forget(struct parrot *parrot)
{
	strscpy(parrot->line, "Polly wants a cracker!", LINE_LENGTH);
}

static int parrot_open(struct inode *inode, struct file *file)
{
	struct parrot *parrot = kzalloc(sizeof(*parrot), GFP_KERNEL);

	if (!parrot)
		return -ENOMEM;
	mutex_init(&parrot->lock);
	parrot->repeat = 1;
	parrot_forget(parrot);
	file->private_data = parrot;
	return 0;
}

static int parrot_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

/* The whole speech: the line, `repeat` times. Returns its length. The caller holds the lock. */
static int parrot_speech(struct parrot *parrot, char *speech, size_t size)
{
	int length = 0;
	int said;

	for (said = 0; said < parrot->repeat; said++)
		length += scnprintf(speech + length, size - length, "%s\n", parrot->line);
	return length;
}

static ssize_t parrot_read(struct file *file, char __user *buffer, size_t length, loff_t *position)
{
	struct parrot *parrot = file->private_data;
	char *speech = kmalloc(MAX_REPEAT * (LINE_LENGTH + 1), GFP_KERNEL);
	ssize_t result = 0;
	int end;

	if (!speech)
		return -ENOMEM;
	mutex_lock(&parrot->lock);
	end = parrot_speech(parrot, speech, MAX_REPEAT * (LINE_LENGTH + 1));
	if (*position < end) {
		length = min_t(size_t, length, end - *position);
		if (copy_to_user(buffer, speech + *position, length)) {
			result = -EFAULT;
		} else {
			*position += length;
			result = length;
		}
	}
	mutex_unlock(&parrot->lock);
	kfree(speech);
	return result;
}

static ssize_t parrot_write(struct file *file, const char __user *buffer, size_t length,
			    loff_t *position)
{
	struct parrot *parrot = file->private_data;
	size_t kept = min_t(size_t, length, LINE_LENGTH - 1);
	ssize_t result = length;

	mutex_lock(&parrot->lock);
	if (copy_from_user(parrot->line, buffer, kept)) {
		parrot_forget(parrot);
		result = -EFAULT;
	} else {
		if (kept && parrot->line[kept - 1] == '\n')
			kept--;
		parrot->line[kept] = 0;
		parrot->heard++;
		*position = 0;	/* the next read hears the new line from its beginning */
	}
	mutex_unlock(&parrot->lock);
	return result;
}

static long parrot_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	struct parrot *parrot = file->private_data;
	int value = 0;
	long result = 0;

	mutex_lock(&parrot->lock);
	switch (command) {
	case PARROT_REPEAT:
		if (copy_from_user(&value, (void __user *)argument, sizeof(value)))
			result = -EFAULT;
		else if (value < 1 || value > MAX_REPEAT)
			result = -EINVAL;
		else
			parrot->repeat = value;
		break;
	case PARROT_HEARD:
		if (copy_to_user((void __user *)argument, &parrot->heard, sizeof(parrot->heard)))
			result = -EFAULT;
		break;
	case PARROT_FORGET:
		parrot_forget(parrot);
		break;
	default:
		result = -ENOTTY;
	}
	mutex_unlock(&parrot->lock);
	return result;
}

static const struct file_operations parrot_fops = {
	.owner = THIS_MODULE,
	.open = parrot_open,
	.release = parrot_release,
	.read = parrot_read,
	.write = parrot_write,
	.unlocked_ioctl = parrot_ioctl,
};

static struct miscdevice parrot_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "parrot",
	.fops = &parrot_fops,
	.mode = 0666,
};

static int __init parrot_init(void)
{
	return misc_register(&parrot_device);
}

static void __exit parrot_exit(void)
{
	misc_deregister(&parrot_device);
}

module_init(parrot_init)
module_exit(parrot_exit)

MODULE_DESCRIPTION("A character device that says again what it was told");
MODULE_LICENSE("Dual MIT/GPL");
