//! DataFusion: logical expressions as its SQL planner makes them, coerced, simplified, and planned.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema};
use datafusion_common::config::ConfigOptions;
use datafusion_common::{DFSchema, Result};
use datafusion_expr::execution_props::ExecutionProps;
use datafusion_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion_expr::{Expr, cast, col, lit, when};
use datafusion_functions::string::upper;
use datafusion_functions::unicode::substr;
use datafusion_optimizer::simplify_expressions::{ExprSimplifier, SimplifyContext};
use datafusion_physical_expr::{PhysicalExpr, create_physical_expr};
use std::sync::Arc;

pub(crate) struct Planned(Arc<dyn PhysicalExpr>);

impl Planned {
    pub(crate) fn new(subject: usize, schema: &Schema) -> Result<Planned> {
        let schema = Arc::new(DFSchema::try_from(schema.clone())?);
        let context = SimplifyContext::builder()
            .with_schema(Arc::clone(&schema))
            .with_config_options(Arc::new(ConfigOptions::default()))
            .with_current_time()
            .build();
        let simplifier = ExprSimplifier::new(context);
        let coerced = simplifier.coerce(logical(subject), &schema)?;
        let simple = simplifier.simplify(coerced)?;
        // Simplifying may leave casts that coercion would have made otherwise.
        let simple = simplifier.coerce(simple, &schema)?;
        let physical = create_physical_expr(
            &simple,
            &schema,
            &ExecutionProps::new(),
            &PhysicalPlanningContext::default(),
        )?;
        Ok(Planned(physical))
    }

    /// As DataFusion writes it.
    pub(crate) fn plan(&self) -> String {
        self.0.to_string()
    }

    pub(crate) fn evaluate(&self, batch: &RecordBatch) -> Result<ArrayRef> {
        self.0.evaluate(batch)?.into_array(batch.num_rows())
    }
}

/// The nine expressions, literals typed as in SQL: `1` is BIGINT, `0.05` and `1e0` are DOUBLE.
fn logical(subject: usize) -> Expr {
    let [a, b, f, g] = ["a", "b", "f", "g"].map(col);
    let [price, disc, tax, qty] = ["price", "disc", "tax", "qty"].map(col);
    let [ship, c, s] = ["ship", "c", "s"].map(col);
    let int = |value: i64| lit(value);
    let date = |text: &str| cast(lit(text), DataType::Date32);
    match subject {
        0 => (a.clone() + b) * int(3) - a % int(7),
        1 => f.clone() * (int(1) - g) * (int(1) + f) / lit(2.5),
        2 => ((int(23) + a) * lit(4.0)).eq((f / lit(3.33)) * int(100)),
        3 => a
            .gt(int(100))
            .and(b.lt(int(5000)))
            .and(f.between(lit(0.05), lit(0.95)))
            .and(qty.in_list([1, 5, 9, 13, 17].map(int).to_vec(), false)),
        4 => price * (int(1) - disc) * (int(1) + tax),
        5 => ship
            .clone()
            .gt_eq(date("1994-01-01"))
            .and(ship.lt(date("1995-01-01")))
            .and(disc.between(lit(0.05), lit(0.07)))
            .and(qty.lt(int(24))),
        6 => when(c.eq(lit("alpha")), price.clone() * int(2))
            .when(s.like(lit("PROMO%")), price)
            .otherwise(int(0))
            .expect("a CASE with branches"),
        7 => upper()
            .call(vec![substr().call(vec![s.clone(), int(1), int(5)])])
            .eq(lit("PROMO"))
            .or(s.like(lit("%xyz%"))),
        _ => {
            let whole = (a.clone() + b.clone()) * int(2) - (a.clone() - b) * int(3) + a * int(5);
            whole * lit(0.5) + f.clone() * g.clone() - (f.clone() - g) * (f.clone() + lit(1.5)) + f
        }
    }
}
