// Two bundles: the plugin as Grafana loads it (AMD, everything Grafana shares left outside), and the page of the
// workbench, which brings the real @grafana packages and shares them with the plugin as Grafana does.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import TerserPlugin from 'terser-webpack-plugin';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

/** What Grafana 12.3 and newer give to plugins (its list of shared dependencies); never bundled. */
const SHARED = [
  'react',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'react-dom',
  'rxjs',
  'rxjs/operators',
  'lodash',
  'moment',
  'emotion',
  '@emotion/css',
  '@emotion/react',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
];

const scripts = {
  test: /\.tsx?$/,
  exclude: /node_modules/,
  use: {
    loader: 'swc-loader',
    options: {
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', tsx: true },
        transform: { react: { runtime: 'automatic' } },
      },
    },
  },
};

/** Settings both bundles have. The language is read from its TypeScript source: no build in between. */
const common = (name, mode) => ({
  name,
  mode,
  context: here,
  devtool: mode === 'production' ? 'source-map' : 'cheap-module-source-map',
  cache: { type: 'filesystem', name: `${name}-${mode}`, cacheDirectory: join(here, '.cache', 'webpack') },
  resolve: {
    extensions: ['.ts', '.tsx', '.mjs', '.js'],
    alias: { '@bpfscope/agent/language$': join(dirname(here), 'agent', 'src', 'language', 'index.ts') },
  },
  module: {
    rules: [
      scripts,
      { test: /\.css$/, use: ['style-loader', 'css-loader'] },
      // The @grafana packages leave out file extensions and expect `default` of CommonJS as bundlers, not Node, see it.
      { test: /@grafana[\\/].*\.mjs$/, type: 'javascript/auto', resolve: { fullySpecified: false } },
    ],
  },
  optimization: {
    minimizer: [new TerserPlugin({ minify: TerserPlugin.swcMinify, extractComments: false })],
  },
  performance: { hints: false },
  stats: 'errors-warnings',
});

export const plugin = (mode) => {
  const config = common('plugin', mode);
  return {
    ...config,
    entry: { module: './src/module.ts' },
    externals: SHARED,
    output: { path: dist, filename: '[name].js', library: { type: 'amd' }, publicPath: '' },
    // One file: nothing to fetch later, so the place where Grafana serves it need not be known.
    optimization: { ...config.optimization, splitChunks: false, runtimeChunk: false },
  };
};

export const workbench = (mode) => {
  const config = common('workbench', mode);
  return {
    ...config,
    devtool: mode === 'production' ? false : config.devtool,
    entry: { page: './workbench/page/main.ts' },
    output: {
      path: join(here, 'build', 'page'),
      filename: '[name].[contenthash:8].js',
      chunkFilename: '[name].[contenthash:8].js',
      assetModuleFilename: '[name].[contenthash:8][ext]',
      publicPath: '/page/',
      clean: true,
    },
    resolve: {
      ...config.resolve,
      // Monaco without its sixty languages: the plugin brings its own.
      alias: { ...config.resolve.alias, 'monaco-editor$': 'monaco-editor/esm/vs/editor/edcore.main.js' },
      fallback: { stream: false, fs: false, path: false },
    },
    plugins: [new EntryList()],
  };
};

/** Writes `entry.json`, the file names a page has to load, in order. */
class EntryList {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('EntryList', (compilation) => {
      compilation.hooks.processAssets.tap({ name: 'EntryList', stage: 5000 }, () => {
        const files = compilation.entrypoints
          .get('page')
          .getFiles()
          .filter((file) => file.endsWith('.js'));
        compilation.emitAsset('entry.json', new compiler.webpack.sources.RawSource(JSON.stringify(files)));
      });
    });
  }
}
