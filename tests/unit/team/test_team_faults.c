/* Faults of one rank. */
#include "support/crew.h"
#include "support/fixtures.h"
int main(void)
{
    return 0;
}
