//! What an expression is compiled to, as text.

use crate::Expression;
use sqlift_functions::{Expr, ExprKind, catalogue};
use sqlift_syntax::ast;
use sqlift_types::{Error, write_text};
use sqlift_vm::RowCode;
use std::fmt::Write;

/// A stage on the way from text to machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The parsed text: every node with its place.
    Ast,
    /// The typed expression: every node with type, nullability and collation.
    Typed,
    /// The program: the list of steps that both compiled tiers are made from.
    Program,
    /// What the VM made of it: the steps that are left after fusing.
    Vm,
    /// Cranelift's intermediate form of the row function.
    Clif,
    /// Machine code of the row function.
    Asm,
}

/// A machine that native code can be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl Expression {
    /// A stage of the expression as text. `target` is the machine for native code, this one if `None`.
    ///
    /// Errors: native code in a build without it, or for a machine that it cannot be made for.
    pub fn explain(&self, level: Level, target: Option<Target>) -> Result<String, Error> {
        let mut out = String::new();
        match level {
            Level::Ast => syntax_tree(&self.inner.ast, 0, &mut out),
            Level::Typed => typed_tree(self.typed(), 0, self, &mut out),
            Level::Program => return Ok(self.program().to_string()),
            Level::Vm => return RowCode::listing(&self.inner.code().program),
            Level::Clif | Level::Asm => return native(self, level, target),
        }
        Ok(out)
    }
}

#[cfg(feature = "jit")]
fn native(expression: &Expression, level: Level, target: Option<Target>) -> Result<String, Error> {
    let target = match target {
        None => sqlift_jit::Target::Native,
        Some(Target::X86_64) => sqlift_jit::Target::X86_64,
        Some(Target::Aarch64) => sqlift_jit::Target::Aarch64,
    };
    let program = expression.program();
    let show = if level == Level::Clif {
        sqlift_jit::clif
    } else {
        sqlift_jit::asm
    };
    show(&program, sqlift_jit::Form::Row, target).map_err(Error::unsupported)
}

#[cfg(not(feature = "jit"))]
fn native(_: &Expression, _: Level, _: Option<Target>) -> Result<String, Error> {
    Err(Error::unsupported(
        "native code in a build without the feature `jit`",
    ))
}

fn syntax_tree(node: &ast::Expr, depth: usize, out: &mut String) {
    let name = match &node.kind {
        ast::ExprKind::Unary { op, .. } => format!("unary {}", op.symbol()),
        ast::ExprKind::Binary { op, .. } => format!("binary {}", op.symbol()),
        ast::ExprKind::Call(call) => format!("call {}", call.name.text),
        ast::ExprKind::Column(column) => format!("column {}", column.column.text),
        ast::ExprKind::Literal(_) => format!("literal {}", sqlift_syntax::print(node)),
        other => {
            let debug = format!("{other:?}");
            let end = debug
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(debug.len());
            debug[..end].to_lowercase()
        }
    };
    let _ = writeln!(
        out,
        "{}{name}  [{}..{}]",
        "  ".repeat(depth),
        node.span.start,
        node.span.end
    );
    for child in node.children() {
        syntax_tree(child, depth + 1, out);
    }
}

fn typed_tree(node: &Expr, depth: usize, expression: &Expression, out: &mut String) {
    let name = match &node.kind {
        ExprKind::Literal(value) if value.is_null() => "NULL".to_owned(),
        ExprKind::Literal(value) => {
            let mut text = Vec::new();
            write_text(value, &node.ty, &mut text);
            format!("{:?}", String::from_utf8_lossy(&text))
        }
        ExprKind::Column(index) => {
            let column = expression.schema().columns().get(*index as usize);
            format!("column {}", column.map_or("?", |c| &c.name))
        }
        ExprKind::Parameter(index) => format!("parameter {index}"),
        ExprKind::Call { function, .. } => catalogue().function(*function).name().to_owned(),
        ExprKind::Row(_) => "row".to_owned(),
    };
    let null = if node.nullable { "" } else { " NOT NULL" };
    let _ = write!(out, "{}{name}  {}{null}", "  ".repeat(depth), node.ty);
    if node.ty.kind.is_string()
        && let Some(collation) = node.collated.collation.get()
    {
        let _ = write!(
            out,
            " {} ({})",
            collation.name(),
            node.collated.coercibility as u8
        );
    }
    out.push('\n');
    for child in node.children() {
        typed_tree(child, depth + 1, expression, out);
    }
}
