/* Doing nothing for a while (include/linux/delay.h). */
#ifndef _LINUX_DELAY_H
#define _LINUX_DELAY_H

void msleep(unsigned int milliseconds);

#endif
