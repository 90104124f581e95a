//! Programs to code: the compiler with its reusable parts, and what it makes as text.

use crate::abi::{CellLayout, ProgramData, cell_layout};
use crate::bets::Bets;
use crate::check::Width;
use crate::column::ColumnKind;
use crate::memory::CodeMemory;
use crate::native::{BatchFunction, RowFunction, RowParts};
use crate::{CompileError, Target, batch, plan, row};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::ir::{Function, Signature, UserFuncName};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use sqlift_ir::{Program, Step};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The form of native code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form<'a> {
    /// One row of cells at a time.
    Row,
    /// Blocks of 64 rows of columns of these kinds.
    Batch(&'a [ColumnKind]),
    /// The same, counting on what is bet.
    BatchOn(&'a [ColumnKind], &'a Bets),
}

/// Makes native code. Reuse it: it keeps its working memory, and the functions it makes share code pages.
pub struct Compiler {
    isa: OwnedTargetIsa,
    context: Context,
    builder: FunctionBuilderContext,
    memory: Arc<CodeMemory>,
    step_limit: usize,
}

impl Compiler {
    /// Programs of more steps are not compiled, unless [`Compiler::with_step_limit`] says otherwise.
    pub const DEFAULT_STEP_LIMIT: usize = 8192;

    /// A compiler for this machine.
    ///
    /// Errors: a machine that Cranelift makes no code for.
    pub fn native() -> Result<Compiler, CompileError> {
        Compiler::for_target(Target::Native)
    }

    fn for_target(target: Target) -> Result<Compiler, CompileError> {
        Ok(Compiler {
            isa: target.isa()?,
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            memory: Arc::default(),
            step_limit: Compiler::DEFAULT_STEP_LIMIT,
        })
    }

    /// The same compiler with another limit of steps.
    pub fn with_step_limit(mut self, steps: usize) -> Compiler {
        self.step_limit = steps;
        self
    }

    /// Bytes of all code that this compiler made and that still lives.
    pub fn code_bytes(&self) -> usize {
        self.memory.bytes()
    }

    /// The program as a function over the cells of a row.
    pub fn compile_row(&mut self, program: &Program) -> Result<RowFunction, CompileError> {
        let built = self.guarded(|compiler| compiler.build_row(program))?;
        let data = ProgramData::new(program).ok_or_else(bad_constant)?;
        let code = self.generate()?;
        let code = self.memory.publish(&code).map_err(CompileError::Memory)?;
        let past = |index: u32| index as usize + 1;
        let columns = program.columns.iter().map(|c| past(c.index));
        let parts = RowParts {
            asks_frame: built.asks_frame,
            columns: columns.max().unwrap_or(0),
            parameters: parameters(program),
            outputs: program.outputs.len(),
            data,
            exits: built.exits.into(),
        };
        Ok(RowFunction::new(code, parts))
    }

    /// Checks what native code relies on, and makes CLIF of the row form.
    fn build_row(&mut self, program: &Program) -> Result<row::Built, CompileError> {
        self.check(program)?;
        let layout = layout()?;
        let convention = self.isa.default_call_conv();
        self.begin(row::signature(convention));
        let b = FunctionBuilder::new(&mut self.context.func, &mut self.builder);
        let finish = self.isa.frontend_config();
        Ok(row::build(b, program, layout, convention, finish))
    }

    /// The program as a function over columns, `kinds[i]` being what the buffers of `program.columns[i]` hold.
    ///
    /// Errors: besides others, [`CompileError::NotBatchable`] when a call has no lowering or a value is no number.
    pub fn compile_batch(
        &mut self,
        program: &Program,
        kinds: &[ColumnKind],
    ) -> Result<BatchFunction, CompileError> {
        self.compile_batch_on(program, kinds, &Bets::none())
    }

    /// As [`Compiler::compile_batch`], with code that counts on what is bet on the columns: blocks of batches where it does not hold
    /// are flagged.
    pub fn compile_batch_on(
        &mut self,
        program: &Program,
        kinds: &[ColumnKind],
        bets: &Bets,
    ) -> Result<BatchFunction, CompileError> {
        let vectorised = self.guarded(|compiler| compiler.build_batch(program, kinds, bets))?;
        ProgramData::new(program).ok_or_else(bad_constant)?;
        let code = self.generate()?;
        let code = self.memory.publish(&code).map_err(CompileError::Memory)?;
        let outputs = (0..program.outputs.len()).map(|i| batch::output_kind(program, i));
        Ok(BatchFunction {
            code,
            columns: kinds.into(),
            outputs: outputs.collect(),
            parameters: parameters(program),
            vectorised,
        })
    }

    /// Makes CLIF of the batch form; gives whether it takes two rows at once.
    fn build_batch(
        &mut self,
        program: &Program,
        kinds: &[ColumnKind],
        bets: &Bets,
    ) -> Result<bool, CompileError> {
        self.check(program)?;
        let plan = plan::plan(program, kinds, bets)?;
        let layout = layout()?;
        let convention = self.isa.default_call_conv();
        self.begin(batch::signature(convention));
        let parts = batch::Batch {
            program,
            kinds,
            plan: &plan,
            layout,
        };
        let finish = self.isa.frontend_config();
        batch::build(
            &parts,
            FunctionBuilder::new(&mut self.context.func, &mut self.builder),
            finish,
        );
        Ok(plan.width == Width::Vector)
    }

    fn build(&mut self, program: &Program, form: Form<'_>) -> Result<(), CompileError> {
        self.guarded(|compiler| match form {
            Form::Row => compiler.build_row(program).map(drop),
            Form::Batch(kinds) => {
                let built = compiler.build_batch(program, kinds, &Bets::none());
                built.map(drop)
            }
            Form::BatchOn(kinds, bets) => compiler.build_batch(program, kinds, bets).map(drop),
        })
    }

    /// Begins a function.
    fn begin(&mut self, signature: Signature) {
        self.context.clear();
        self.context.func = Function::with_name_signature(UserFuncName::user(0, 0), signature);
    }

    fn check(&self, program: &Program) -> Result<(), CompileError> {
        let steps = program.steps.len();
        if steps > self.step_limit {
            return Err(CompileError::TooLarge {
                steps,
                limit: self.step_limit,
            });
        }
        program.verify().map_err(CompileError::Invalid)
    }

    /// Machine code of the function at hand.
    fn generate(&mut self) -> Result<Vec<u8>, CompileError> {
        self.guarded(|compiler| {
            let isa = compiler.isa.clone();
            let code = compiler
                .context
                .compile(&*isa, &mut ControlPlane::default())
                .map_err(|e| CompileError::Unsupported(format!("{:?}", e.inner)))?;
            if let Some(reloc) = code.buffer.relocs().first() {
                return Err(CompileError::Unsupported(format!(
                    "code that needs {:?}",
                    reloc.target
                )));
            }
            Ok(code.buffer.data().to_vec())
        })
    }

    /// Cranelift panics where an instruction has no rule for the target: that is a reason to stay in the other tiers.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Compiler) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(result) => result,
            Err(panic) => {
                // Whatever state the panic left behind.
                self.context = Context::new();
                self.builder = FunctionBuilderContext::new();
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                Err(CompileError::Unsupported(
                    text.unwrap_or("the code generator panicked").to_owned(),
                ))
            }
        }
    }
}

impl std::fmt::Debug for Compiler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Compiler({}, {} bytes of code)",
            self.isa.triple(),
            self.code_bytes()
        )
    }
}

/// How many parameters a program touches.
fn parameters(program: &Program) -> usize {
    let past = program.steps.iter().map(|s| match s {
        Step::Parameter { parameter, .. } => *parameter as usize + 1,
        _ => 0,
    });
    past.max().unwrap_or(0)
}

fn layout() -> Result<CellLayout, CompileError> {
    cell_layout().ok_or_else(|| CompileError::Unsupported("cells laid out otherwise".to_owned()))
}

fn bad_constant() -> CompileError {
    CompileError::Unsupported("a constant that is not what its slot holds".to_owned())
}

/// The program in Cranelift's intermediate form, before it is optimised.
pub fn clif(program: &Program, form: Form<'_>, target: Target) -> Result<String, CompileError> {
    let mut compiler = Compiler::for_target(target)?;
    compiler.build(program, form)?;
    Ok(compiler.context.func.display().to_string())
}

/// The program's machine code in the words of Cranelift's listings.
pub fn asm(program: &Program, form: Form<'_>, target: Target) -> Result<String, CompileError> {
    let mut compiler = Compiler::for_target(target)?;
    compiler.build(program, form)?;
    compiler.context.set_disasm(true);
    compiler.generate()?;
    let code = compiler.context.compiled_code();
    code.and_then(|c| c.vcode.clone())
        .ok_or_else(|| CompileError::Unsupported("no listing".to_owned()))
}
