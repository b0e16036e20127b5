/* The figures, for readers and for programs. */
#ifndef BENCHMARK_REPORT_H
#define BENCHMARK_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "figures.h"
#include "host.h"

/* What is measured, where and how. */
void report_heading(FILE *file, const figures_run *figures, const host_facts *host);

/* PART 1 or PART 2: the case's figures and their summary. */
void report_part(FILE *file, const figures_run *figures, case_kind kind);

/* The limits and OVERALL SUMMARY. */
void report_summary(FILE *file, const figures_run *figures);

/* All figures as one JSON object. False when it could not be written. */
bool report_json(FILE *file, const figures_run *figures, const host_facts *host);

/* A line of names, and a line for each result; a figure that does not exist is empty. */
bool report_csv(FILE *file, const figures_run *figures);

#endif
