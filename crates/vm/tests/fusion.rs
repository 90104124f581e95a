//! What becomes a closure of its own, and what is fused into it.

mod programs;

use programs::Build;
use sqlift_types::Repr;

#[test]
fn a_tree_is_one_closure() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let left = p.add(a, b);
    let three = p.int(3);
    let left = p.add(left, three);
    let right = p.add(b, a);
    let sum = p.add(left, right);
    p.output(sum);
    assert_eq!(
        p.listing(),
        "   0  output 0 = +(+(+(column 0?, column 1?), 3), +(column 1?, column 0?))\n"
    );
    assert_eq!(p.row_code().slots(), 0);
}

#[test]
fn what_is_read_twice_is_kept() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let sum = p.add(a, b);
    let twice = p.add(sum, sum);
    p.output(twice);
    assert_eq!(
        p.listing(),
        "   0  s0 = +(column 0?, column 1?)\n   1  output 0 = +(s0, s0)\n"
    );
    assert_eq!(p.row_code().slots(), 1);
}

#[test]
fn a_lazy_branch_is_not_fused_across_its_jump() {
    let mut p = Build::new();
    let (a, c) = (p.column(0, Repr::Int), p.column(2, Repr::Bool));
    let before = p.add(a, a);
    let result = p.slot(Repr::Int);
    let otherwise = p.jump_unless_true(c);
    let one = p.int(1);
    let value = p.add(a, one);
    p.copy(result, value);
    let end = p.jump();
    p.land(otherwise);
    p.copy(result, a);
    p.land(end);
    let sum = p.add(before, result);
    p.output(sum);
    assert_eq!(
        p.listing(),
        concat!(
            "   0  s0 = +(column 0?, column 0?)\n",
            "   1  unless column 2? is true, go to 3\n",
            "   2  s1 = +(column 0?, 1), go to 4\n",
            "   3  s1 = column 0?\n",
            "   4  output 0 = +(s0, s1)\n",
        )
    );
}

#[test]
fn an_operand_of_coalesce_jumps_by_itself() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let result = p.slot(Repr::Int);
    p.copy(result, a);
    let first = p.jump_if_not_null(result);
    let sum = p.add(a, b);
    p.copy(result, sum);
    let second = p.jump_if_not_null(result);
    let zero = p.int(0);
    p.copy(result, zero);
    p.land(first);
    p.land(second);
    p.output(result);
    assert_eq!(
        p.listing(),
        concat!(
            "   0  output 0 = column 0?, if it is not null, go to 3\n",
            "   1  output 0 = +(column 0?, column 1?), if it is not null, go to 3\n",
            "   2  output 0 = 0\n",
        )
    );
}

/// Who comes from elsewhere to the jump must not pass it by.
#[test]
fn a_jump_that_is_a_target_stays_alone() {
    let mut p = Build::new();
    let (a, c) = (p.column(0, Repr::Int), p.column(2, Repr::Bool));
    let result = p.slot(Repr::Int);
    p.copy(result, a);
    let over = p.jump_if_true(c);
    let one = p.int(1);
    p.copy(result, one);
    p.land(over);
    let null = p.jump_if_null(result);
    let two = p.int(2);
    p.copy(result, two);
    p.land(null);
    p.output(result);
    assert_eq!(
        p.listing(),
        concat!(
            "   0  s0 = column 0?\n",
            "   1  if column 2? is true, go to 3\n",
            "   2  s0 = 1\n",
            "   3  if s0 is null, go to 5\n",
            "   4  s0 = 2\n",
            "   5  output 0 = s0\n",
        )
    );
}

/// A program that no linearizing makes: its operands were not computed in the order in which they are used.
#[test]
fn effects_are_not_reordered() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let first = p.touchy(a, b);
    let second = p.touchy(b, a);
    let sum = p.add(second, first);
    p.output(sum);
    assert_eq!(
        p.listing(),
        concat!(
            "   0  s0 = +(column 0?, column 1?)\n",
            "   1  s1 = +(column 1?, column 0?)\n",
            "   2  output 0 = +(s1, s0)\n",
        )
    );
}

/// By construction numbers are returned in registers; this sees that nothing else takes from the arena either.
#[test]
fn numbers_take_nothing_from_the_arena() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let sum = p.add(a, b);
    let sum = p.touchy(sum, b);
    let sum = p.add(sum, sum);
    p.output(sum);
    assert_eq!(p.bytes_taken_by_rows(1000), 0);
}

/// Comparisons stop at NULL when what is behind it may fail: linearized, that is a jump for each.
#[test]
fn calls_that_stop_at_null_need_no_jump() {
    let p = Build::from_text("((b + 1) = (a + 2)) = (a + b)");
    assert_eq!(
        p.listing(),
        "   0  output 0 = =(coerce(=(+(column 1?, 1), +(column 0?, 2))), +(column 0?, column 1?))\n"
    );
    assert_eq!(p.row_code().slots(), 0);
}

#[test]
fn an_operand_that_is_kept_is_not_evaluated_behind_a_null() {
    let mut p = Build::new();
    let (a, b) = (p.column(0, Repr::Int), p.column(1, Repr::Int));
    let result = p.slot(Repr::Int);
    let first = p.add(a, b);
    let null = p.jump_if_null(first);
    // What is read twice is evaluated before the call that reads it.
    let half = p.touchy(b, a);
    let second = p.add(half, half);
    let sum = p.add(first, second);
    p.copy(result, sum);
    let end = p.jump();
    p.land(null);
    let nothing = p.null(Repr::Int);
    p.copy(result, nothing);
    p.land(end);
    p.output(result);
    assert_eq!(
        p.listing(),
        concat!(
            "   0  s0 = +(column 0?, column 1?), if it is null, go to 3\n",
            "   1  s1 = +(column 1?, column 0?)\n",
            "   2  output 0 = +(s0, +(s1, s1)), go to 4\n",
            "   3  output 0 = NULL\n",
        )
    );
}
