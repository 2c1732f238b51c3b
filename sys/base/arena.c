/* arena.c: see arena.h; nothing but the check of the layout. */
#include "base/arena.h"
#include "base/config.h"
#include "host/area.h"

_Static_assert(sizeof(struct root) < 2 * KPAGE_SIZE,
    "the root stays small: each page of it costs a fault per process");
_Static_assert(ARENA_BASE + ARENA_MAX <= KWIN_END &&
    ARENA_BASE >= TAREA_END && TAREA_BASE % TAREA_SIZE == 0 &&
    (ARENA_BASE + ARENA_MAX <= SCRATCH_BASE || ARENA_BASE >= SCRATCH_END),
    "the arena fits");
