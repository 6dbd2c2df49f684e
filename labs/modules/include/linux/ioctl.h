/*
 * The numbers of ioctl commands: direction, size of the argument, the driver's letter, a number
 * (include/uapi/asm-generic/ioctl.h).
 */
#ifndef _LINUX_IOCTL_H
#define _LINUX_IOCTL_H

#define _IOC(direction, letter, number, size)	\
	(((direction) << 30) | ((size) << 16) | ((letter) << 8) | (number))

#define _IO(letter, number)		_IOC(0u, letter, number, 0u)
#define _IOW(letter, number, type)	_IOC(1u, letter, number, (unsigned int)sizeof(type))
#define _IOR(letter, number, type)	_IOC(2u, letter, number, (unsigned int)sizeof(type))

#endif
