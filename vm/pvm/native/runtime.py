"""What compiled code calls and is called by, the same for every program."""

from __future__ import annotations

from vm.pvm.calls import ALIKE, MOST
from vm.pvm.memory import PAGE, PAGES
from vm.pvm.native import layout
from vm.pvm.native.text import METADATA

NAMES = ("run", "load_far", "store_far", "closed", "opened")

_GO_ON = f"""
define dso_local i32 @run(ptr %s) {{
start:
  %at = getelementptr i8, ptr %s, i64 {layout.PC}
  %functions.at = getelementptr i8, ptr %s, i64 {layout.FUNCTIONS}
  %functions = load ptr, ptr %functions.at
  %numbers.at = getelementptr i8, ptr %s, i64 {layout.NUMBERS}
  %numbers = load ptr, ptr %numbers.at
  br label %next
next:
  %pc = load i32, ptr %at
  %index = zext i32 %pc to i64
  %entry = getelementptr ptr, ptr %functions, i64 %index
  %function = load ptr, ptr %entry
  %none = icmp eq ptr %function, null
  br i1 %none, label %done, label %call
call:
  %number.at = getelementptr i32, ptr %numbers, i64 %index
  %number = load i32, ptr %number.at
  %code = call i32 %function(ptr %s, i32 %number)
  %more = icmp eq i32 %code, 0
  br i1 %more, label %next, label %done
done:
  ret i32 0
}}
"""

_PAGES = f"""
define internal ptr @page(ptr %s, i64 %number, i64 %table, i32 %writes) {{
start:
  %first = getelementptr i8, ptr %s, i64 %table
  %entry = getelementptr ptr, ptr %first, i64 %number
  %found = load ptr, ptr %entry
  %there = icmp ne ptr %found, null
  br i1 %there, label %done, label %ask
ask:
  %asked.at = getelementptr i8, ptr %s, i64 {layout.PAGE_WANTED}
  %asked = load ptr, ptr %asked.at
  %number.32 = trunc i64 %number to i32
  %given = call ptr %asked(i32 %number.32, i32 %writes)
  ret ptr %given
done:
  ret ptr %found
}}

define internal i64 @following(i64 %number) {{
  %next = add i64 %number, 1
  %wrapped = and i64 %next, {PAGES - 1}
  ret i64 %wrapped
}}

define dso_local preserve_mostcc ptr @load_far(ptr %s, i64 %at, i64 %size) noinline {{
start:
  %number = lshr i64 %at, 12
  %first = and i64 %at, {PAGE - 1}
  %page = call ptr @page(ptr %s, i64 %number, i64 {layout.READS}, i32 0)
  %none = icmp eq ptr %page, null
  br i1 %none, label %refused, label %given
given:
  %near = getelementptr i8, ptr %page, i64 %first
  %end = add i64 %first, %size
  %fits = icmp ule i64 %end, {PAGE}
  br i1 %fits, label %whole, label %split
whole:
  ret ptr %near
split:
  %next = call i64 @following(i64 %number)
  %second = call ptr @page(ptr %s, i64 %next, i64 {layout.READS}, i32 0)
  %lacking = icmp eq ptr %second, null
  br i1 %lacking, label %refused, label %gather
gather:
  %bounce = getelementptr i8, ptr %s, i64 {layout.BOUNCE}
  br label %each
each:
  %i = phi i64 [ 0, %gather ], [ %i.next, %each ]
  %place = add i64 %first, %i
  %here = icmp ult i64 %place, {PAGE}
  %rest = sub i64 %place, {PAGE}
  %octet.first = getelementptr i8, ptr %page, i64 %place
  %octet.second = getelementptr i8, ptr %second, i64 %rest
  %octet.at = select i1 %here, ptr %octet.first, ptr %octet.second
  %octet = load i8, ptr %octet.at
  %into = getelementptr i8, ptr %bounce, i64 %i
  store i8 %octet, ptr %into
  %i.next = add i64 %i, 1
  %more = icmp ult i64 %i.next, %size
  br i1 %more, label %each, label %gathered
gathered:
  ret ptr %bounce
refused:
  ret ptr null
}}

define dso_local preserve_mostcc i1 @store_far(ptr %s, i64 %at, i64 %size, i64 %value) noinline {{
start:
  %number = lshr i64 %at, 12
  %first = and i64 %at, {PAGE - 1}
  %page = call ptr @page(ptr %s, i64 %number, i64 {layout.WRITES}, i32 1)
  %none = icmp eq ptr %page, null
  br i1 %none, label %refused, label %given
given:
  %end = add i64 %first, %size
  %fits = icmp ule i64 %end, {PAGE}
  br i1 %fits, label %scatter, label %split
split:
  %next = call i64 @following(i64 %number)
  %following.page = call ptr @page(ptr %s, i64 %next, i64 {layout.WRITES}, i32 1)
  %lacking = icmp eq ptr %following.page, null
  br i1 %lacking, label %refused, label %scatter
scatter:
  %second = phi ptr [ %page, %given ], [ %following.page, %split ]
  br label %each
each:
  %i = phi i64 [ 0, %scatter ], [ %i.next, %each ]
  %left = phi i64 [ %value, %scatter ], [ %left.next, %each ]
  %place = add i64 %first, %i
  %here = icmp ult i64 %place, {PAGE}
  %rest = sub i64 %place, {PAGE}
  %octet.first = getelementptr i8, ptr %page, i64 %place
  %octet.second = getelementptr i8, ptr %second, i64 %rest
  %octet.at = select i1 %here, ptr %octet.first, ptr %octet.second
  %octet = trunc i64 %left to i8
  store i8 %octet, ptr %octet.at
  %left.next = lshr i64 %left, 8
  %i.next = add i64 %i, 1
  %more = icmp ult i64 %i.next, %size
  br i1 %more, label %each, label %written
written:
  ret i1 true
refused:
  ret i1 false
}}
"""

_CALLS = f"""
define internal ptr @call_at(ptr %s, i32 %depth) {{
  %index = zext i32 %depth to i64
  %offset = mul i64 %index, {layout.CALL_SIZE}
  %base = add i64 %offset, {layout.CALLS - layout.CALL_SIZE}
  %place = getelementptr i8, ptr %s, i64 %base
  ret ptr %place
}}

define internal void @cut(ptr %s, i32 %depth) {{
  %depth.at = getelementptr i8, ptr %s, i64 {layout.DEPTH}
  store i32 %depth, ptr %depth.at
  %low.at = getelementptr i8, ptr %s, i64 {layout.LOW}
  %low = load i32, ptr %low.at
  %less = icmp ult i32 %depth, %low
  %lower = select i1 %less, i32 %depth, i32 %low
  store i32 %lower, ptr %low.at
  ret void
}}

define internal i1 @stops(ptr %s) {{
  %depth.at = getelementptr i8, ptr %s, i64 {layout.DEPTH}
  %depth = load i32, ptr %depth.at
  %stop.at = getelementptr i8, ptr %s, i64 {layout.STOP_DEPTH}
  %stop = load i32, ptr %stop.at
  %found = icmp sle i32 %depth, %stop
  ret i1 %found
}}

define internal void @close(ptr %s, i64 %address, i64 %sp) {{
start:
  %depth.at = getelementptr i8, ptr %s, i64 {layout.DEPTH}
  %depth = load i32, ptr %depth.at
  br label %pop
pop:
  %d = phi i32 [ %depth, %start ], [ %d.less, %older ]
  %empty = icmp eq i32 %d, 0
  br i1 %empty, label %popped, label %look
look:
  %call = call ptr @call_at(ptr %s, i32 %d)
  %call.sp.at = getelementptr i64, ptr %call, i64 1
  %call.sp = load i64, ptr %call.sp.at
  %below = icmp ult i64 %call.sp, %sp
  br i1 %below, label %older, label %popped
older:
  %d.less = sub i32 %d, 1
  br label %pop
popped:
  br label %seek
seek:
  %f = phi i32 [ %d, %popped ], [ %f.less, %deeper ]
  %tried = sub i32 %d, %f
  %enough = icmp uge i32 %tried, {ALIKE}
  %none = icmp eq i32 %f, 0
  %over = or i1 %enough, %none
  br i1 %over, label %kept, label %compare
compare:
  %other = call ptr @call_at(ptr %s, i32 %f)
  %other.sp.at = getelementptr i64, ptr %other, i64 1
  %other.sp = load i64, ptr %other.sp.at
  %alike = icmp eq i64 %other.sp, %sp
  br i1 %alike, label %match, label %kept
match:
  %f.less = sub i32 %f, 1
  %back = load i64, ptr %other
  %same = icmp eq i64 %back, %address
  br i1 %same, label %found, label %deeper
deeper:
  br label %seek
found:
  call void @cut(ptr %s, i32 %f.less)
  ret void
kept:
  call void @cut(ptr %s, i32 %d)
  ret void
}}

define dso_local preserve_mostcc i1 @closed(ptr %s, i64 %address, i64 %sp) noinline {{
  call void @close(ptr %s, i64 %address, i64 %sp)
  %stop = call i1 @stops(ptr %s)
  ret i1 %stop
}}

define dso_local preserve_mostcc i1 @opened(ptr %s, i64 %back, i64 %sp, i32 %target, i32 %behind) noinline {{
start:
  %half = lshr i64 %back, 1
  %odd = trunc i64 %back to i1
  %count.at = getelementptr i8, ptr %s, i64 {layout.LANDING_COUNT}
  %count = load i64, ptr %count.at
  %far = icmp ugt i64 %half, %count
  %astray = or i1 %odd, %far
  br i1 %astray, label %no, label %known
known:
  %landings.at = getelementptr i8, ptr %s, i64 {layout.LANDINGS}
  %landings = load ptr, ptr %landings.at
  %landing.at = getelementptr i32, ptr %landings, i64 %half
  %landing = load i32, ptr %landing.at
  %returns = icmp eq i32 %landing, %behind
  br i1 %returns, label %yes, label %no
yes:
  call void @close(ptr %s, i64 %back, i64 %sp)
  %depth.at = getelementptr i8, ptr %s, i64 {layout.DEPTH}
  %depth = load i32, ptr %depth.at
  %full = icmp uge i32 %depth, {MOST}
  br i1 %full, label %no, label %push
push:
  %more = add i32 %depth, 1
  %call = call ptr @call_at(ptr %s, i32 %more)
  %sp.at = getelementptr i64, ptr %call, i64 1
  %target.at = getelementptr i64, ptr %call, i64 2
  %target.64 = zext i32 %target to i64
  store i64 %back, ptr %call
  store i64 %sp, ptr %sp.at
  store i64 %target.64, ptr %target.at
  store i32 %more, ptr %depth.at
  br label %no
no:
  %stop = call i1 @stops(ptr %s)
  ret i1 %stop
}}
"""

TEXT = _GO_ON + _PAGES + _CALLS + METADATA
