// Which native functions of a Python interpreter run Python code, and which are machinery between it and what the program
// calls.
//
// Every run of the evaluation loop stands for a run of Python frames, so it is replaced by them. Compilers split functions:
// rare code goes to `.cold`, parts to `.part.0`, copies to `.constprop.0`; builds with tail calls have a function for each
// instruction, one of which stands inside of the loop.

import type { PythonVersion } from '../cpython/layout.ts';

/**
 * What a native frame means for the stack of Python. `eval`: the evaluation loop; `machinery`: of the interpreter, on the way
 * from Python code to what it calls, or from the start of the program to its first Python code; `starter`: the same where
 * nothing stands further out; `unknown-eval`: by its name an evaluation loop, of an interpreter that has not been found (yet);
 * `code`: everything else.
 */
export type NativeRole = 'code' | 'eval' | 'machinery' | 'starter' | 'unknown-eval';

/** Tells the role of a function by its name, which belongs to the file of the interpreter. */
export function roleInInterpreter(name: string, version: PythonVersion): NativeRole {
  const plain = name.replace(SUFFIX, '');
  if (plain === evalLoopOf(version)) return 'eval';
  return MACHINERY.some((pattern) => pattern.test(plain)) ? 'machinery' : 'code';
}

/**
 * Tells the role of a function outside of the interpreter's file: what starts a program or a thread is of no interest. In the C
 * library, these functions have no names in its file (undefined).
 */
export function roleOutside(name: string | undefined, path: string): NativeRole {
  if (name === undefined) return C_LIBRARY.test(path) ? 'starter' : 'code';
  return STARTERS.test(name) || (name === 'main' && PROGRAM.test(path)) ? 'starter' : 'code';
}

/** Tells the role of a function where no interpreter is known. */
export function roleInPlainProgram(name: string | undefined): NativeRole {
  return name !== undefined && EVAL_LOOPS.has(name.replace(SUFFIX, '')) ? 'unknown-eval' : 'code';
}

/** What compilers append to the names of parts and copies. */
const SUFFIX = /(\.(cold|part|constprop|isra|lto_priv|llvm|localalias)(\.\d+)*|\.\d+)+$/;

/** Up to 3.5 the other one; later it only calls this one. */
function evalLoopOf({ major }: Pick<PythonVersion, 'major'>): string {
  return major === 2 ? 'PyEval_EvalFrameEx' : '_PyEval_EvalFrameDefault';
}

const EVAL_LOOPS = new Set([2, 3].map((major) => evalLoopOf({ major })));
const C_LIBRARY = /\/(libc|libpthread|ld-linux|ld-musl)[-.][^/]*$/;
/** The program that is little more than a call of the interpreter's library. */
const PROGRAM = /\/python[^/]*$/;
const STARTERS = /^(_start|__libc_start_main(_impl)?|__libc_start_call_main|start_thread|clone3?|__clone3?)$/;

const MACHINERY: readonly RegExp[] = [
  // The instructions of builds with tail calls, which the evaluation loop calls.
  /^_TAIL_CALL_/,
  /^_Py_\w+_StackRef\w*$/,
  // Entering and leaving Python code.
  /^_?PyEval_(Vector|EvalFrame|EvalFrameEx|EvalCode|EvalCodeEx|EvalCodeWithName|CallFunction\w*|CallMethod|CallObjectWithKeywords)$/,
  /^_PyEval_(Vector|EvalFrame|EvalCode|EvalCodeWithName|MakeFrameVector|EvalCodeWithName)$/,
  /^(fast_function|_?function_code_fastcall|function_call|call_function|do_call|ext_do_call|do_call_core|trace_call_function)$/,
  /^(initialize_locals|_PyEvalFramePushAndInit\w*|_PyFunction_(Vectorcall|FastCall\w*))$/,
  // Calling objects.
  /^_?PyObject_(Call|Vectorcall|FastCall|MakeTpCall)\w*$/,
  /^_PyObject_(Call|Vectorcall|FastCall|MakeTpCall)\w*$/,
  /^(object_vacall|callmethod|_?PyVectorcall_(Call|Function)|_PyVectorcall_\w+|_PyStack_AsDict|vectorcall_(method|unbound|maybe))$/,
  /^_?Py(CFunction|CMethodDef|MethodDef|MethodDescr)_\w*(Call|Vectorcall|FastCall)\w*$/,
  /^_?PyMethodDef_RawFastCall\w*$/,
  /^(cfunction|method|method_descriptor|classmethoddescr|wrapperdescr|wrapper|instancemethod|meth|partial)_(call|vectorcall)\w*$/,
  /^(type_call|type_vectorcall|slot_tp_\w+|slot_nb_\w+|slot_sq_\w+|slot_mp_\w+|call_(attribute|method|maybe|unbound)\w*|lookup_(maybe_)?method)$/,
  /^(gen_send_ex\w*|gen_iternext|_gen_send|gen_send|_PyGen_Send|PyGen_Send|coro_wrapper_send|async_gen_\w+|PyIter_Send|property_descr_get)$/,
  // From the start of the program or thread to the first Python code.
  /^(main|_start|Py_(Main|BytesMain|RunMain)|_Py_UnixMain|pymain_\w+|run_(mod|eval_code_obj|file|pyc_file)|pyrun_\w+|_?PyRun_\w+|RunModule|RunMainFromImporter)$/,
  /^(thread_run|t_bootstrap|pythread_wrapper|thread_PyThread_\w+)$/,
  // Importing modules.
  /^(_?PyImport_(Import\w*|ExecCodeModule\w*)|import_(name|find_and_load|from)|builtin___import__\w*|PyImport_ImportModuleLevelObject)$/,
  /^builtin_(exec|eval|__build_class__|___build_class__)\w*$|^builtin___build_class__$/,
];
