// SPDX-License-Identifier: MIT
//
// table.h - rows of cells, printed so that columns stand under each other on a terminal.
//
// Widths are counted in columns of the terminal, not in bytes: a title may hold any script. Where
// the output is a terminal the last cell of a row is cut to fit; elsewhere nothing is.

#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stddef.h>
#include <stdio.h>

enum { TABLE_COLUMNS_MAX = 8 };

struct table;

/**
 * table_new() - an empty table
 * @columns: 1..TABLE_COLUMNS_MAX
 *
 * Return: owned; NULL when out of memory: then the other calls do nothing.
 */
struct table *table_new(size_t columns);

// NULL is fine. Returns NULL.
struct table *table_free(struct table *table);

/**
 * table_add() - one more row
 * @style: how a terminal is to show it ("1;31"), see style.h; "" = plain
 * @cells: one for each column; copied. Controls are shown as blanks
 */
void table_add(struct table *table, const char *style, const char *const *cells);

/**
 * table_print() - all rows
 * @has_colour: see highlight_has_colour()
 *
 * Return: rows printed.
 */
size_t table_print(const struct table *table, FILE *out, int has_colour);

#endif
