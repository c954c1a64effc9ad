import { expect, it } from 'vitest';
import { isReadableName, namePattern } from './demangled.ts';

it.each([
  ['foo::over', '_ZN3foo4overEi', 'foo::over(int)'],
  ['foo::over(int)', '_ZN3foo4overEi', 'foo::over(int)'],
  ['foo::over( char const * )', '_ZN3foo4overEPKc', 'foo::over(char const*)'],
  ['foo::ov*', '_ZN3foo4overEPKc', 'foo::over(char const*)'],
  ['*::over', '_ZN3foo4overEPKc', 'foo::over(char const*)'],
  ['foo::bar<int>', '_ZN3foo3barIiEET_S1_', 'int foo::bar<int>(int)'],
  ['foo::bar<int>(int)', '_ZN3foo3barIiEET_S1_', 'int foo::bar<int>(int)'],
  ['int foo::bar<int>(int)', '_ZN3foo3barIiEET_S1_', 'int foo::bar<int>(int)'],
  ['foo::bar*', '_ZN3foo3barIiEET_S1_', 'int foo::bar<int>(int)'],
  ['int foo::bar<int>(int)', '_ZN3foo3barIiEET_S1_', 'foo::bar<int>(int)'],
  ['foo::get', '_ZNK3foo3getEv', 'foo::get() const'],
  ['foo::operator+', '_ZN3fooplERKNS_6WidgetEi', 'foo::operator+(foo::Widget const&, int)'],
  ['foo::operator()', '_ZN3fooclEi', 'foo::operator()(int)'],
  ['foo::operator()(int)', '_ZN3fooclEi', 'foo::operator()(int)'],
  ['operator new', '_Znwm', 'operator new(unsigned long)'],
  ['foo::operator int', '_ZN3foocviEv', 'foo::operator int()'],
  ['foo::operator<< <int>', '_ZN3foolsIiEEvT_', 'void foo::operator<< <int>(int)'],
  ['(anonymous namespace)::anon', '_ZN12_GLOBAL__N_14anonEi', '(anonymous namespace)::anon(int)'],
  ['(anonymous namespace)::anon(int)', '_ZN12_GLOBAL__N_14anonEi', '(anonymous namespace)::anon(int)'],
  ['run(void (*)(int))', '_Z3runPFviE', 'run(void (*)(int))'],
  ['run', '_Z3runPFviE', 'run(void (*)(int))'],
  ['foo::~foo', '_ZN3fooD2Ev', 'foo::~foo()'],
  ['r::inner::gen', '_ZN1r5inner3gen17h0123456789abcdefE', 'r::inner::gen'],
  ['r::inner::gen::<i32>', '_RINvNtCs1_1r5inner3genlE', 'r::inner::gen::<i32>'],
  ['<r::inner::S>::get', '_RNvMNtCs1_1r5innerNtB2_1S3get', '<r::inner::S>::get'],
  ['*inner::S>::get', '_RNvMNtCs1_1r5innerNtB2_1S3get', '<r::inner::S>::get'],
  ['std::sort*', '_ZSt4sortIPiEvT_S1_', 'void std::sort<int*>(int*, int*)'],
])('%s is %s', (pattern, mangled, readable) => {
  const wanted = namePattern(pattern);
  expect(isReadableName(pattern) || !pattern.includes(':')).toBe(true);
  expect(wanted.mayBe(mangled)).toBe(true);
  expect(wanted.matches(readable)).toBe(true);
});

it.each([
  ['foo::over(long)', 'foo::over(int)'],
  ['foo::ove', 'foo::over(int)'],
  ['over', 'foo::over(int)'],
  ['foo::bar', 'int foo::bar<int>(int)'],
  ['foo::bar<long>', 'int foo::bar<int>(int)'],
  ['foo::operator-', 'foo::operator+(foo::Widget const&, int)'],
])('%s is not %s', (pattern, readable) => {
  expect(namePattern(pattern).matches(readable)).toBe(false);
});

it('demangles no name that cannot be meant', () => {
  expect(namePattern('foo::over').mayBe('_ZN3foo4moreEi')).toBe(false);
  expect(namePattern('foo::over').mayBe('foo::over')).toBe(false);
});
