using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Contract;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

/// <summary>
/// The pass of layers with a selection per query. A sample's problems are blocks of queries; block c selects among the units of keys that
/// all its queries see, with the field of a unit u
/// f[h,u] = Σ_{j in u} (w_J mean over the block's queries of J[h,i,j] + w_f f[h,j]) less the penalties by position (behind a causal mask
/// the first query's J), and couplings between units that are the same for all problems (<see cref="UnitTable{T}"/>). J is not made symmetric: it is the data's coupling of queries
/// with keys.
/// </summary>
/// <remarks>Random numbers of problem c of sample b are those of problem b·(problems per sample) + c.</remarks>
internal sealed partial class QueryPass<T> : LayerPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string Generator = "EnergyToValue";

    private readonly QuboAttentionLayer<T> _layer;
    private readonly LayerWorkspace<T> _workspace;
    private readonly ModelDescriptor _model;
    private readonly QueryShape _shape;
    private readonly UnitTable<T> _table;
    private readonly QueryMemory<T> _memory;
    private readonly int _stride; // of keys
    private readonly int _candidates;
    private readonly Parameter<T>? _generator; // g, of readouts of energies
    private readonly int _generatorAt; // among the learnables

    public QueryPass(QuboAttentionLayer<T> layer, LayerWorkspace<T> workspace)
        : base(layer, workspace)
    {
        _layer = layer;
        _workspace = workspace;
        _model = layer.Model;
        _shape = _model.Queries;
        _stride = Padding.Stride(_shape.Keys);
        _candidates = _model.Problem.Tokens;
        _table = new UnitTable<T>(layer);
        _memory = new QueryMemory<T>(_model, workspace.Threads);
        for (int l = 0; l < _model.Learnables.Count && _generator is null; l++)
        {
            bool found = _model.Learnables[l].Name == Generator;
            _generator = found ? layer.Parameters[Generator] : null;
            _generatorAt += found ? 0 : _model.Learnables[l].Length;
        }

        WriteCouplings();
    }

    /// <summary>Numbers that couplings of one problem take.</summary>
    public static int CouplingsOf(ModelDescriptor model) => model.Problem.HasCoupling
        ? checked(model.HeadCount * model.Problem.Tokens * Padding.Stride(model.Problem.Tokens))
        : 0;

    /// <summary>Memory of the coefficients of problems: couplings only once where all problems have the same.</summary>
    public static (float[] Couplings, float[] Fields) AllocateProblems(ModelDescriptor model, int problems) => (
        new float[checked((model.Queries.StartsAtZero ? 1 : problems) * CouplingsOf(model))],
        new float[checked(problems * model.HeadCount * Padding.Stride(model.Problem.Tokens))]);

    public override void PrepareProblems()
    {
        AttentionProblemBatch problems = _workspace.Problems;
        problems.SetCount(_workspace.Count * _shape.Problems);
        for (int p = 0; p < problems.Count; p++)
        {
            (int sample, int own) = (p / _shape.Problems, p % _shape.Problems);
            (int first, int end) = CandidatesOf(own, sample);
            problems.TokenCounts[p] = end - first;
        }
    }

    public override void RunCoefficients()
    {
        if (_model.LearnedCoupling is not null)
        {
            _table.Take(_workspace.LearnedCouplings);
            WriteCouplings();
        }

        base.RunCoefficients();
    }

    private protected override void WriteProblem(int sample, int worker)
    {
        int problemStride = Padding.Stride(_candidates);
        Span<T> row = _memory.Row(worker);
        for (int own = 0; own < _shape.Problems; own++)
        {
            int problem = (sample * _shape.Problems) + own;
            (int first, int end) = CandidatesOf(own, sample);
            for (int h = 0; h < _model.HeadCount; h++)
            {
                Span<float> fields = _workspace.ProblemFields.AsSpan(
                    ((problem * _model.HeadCount) + h) * problemStride, problemStride);
                fields[(end - first)..].Clear();
                if (end > first)
                {
                    WriteRewards(sample, own, h, row);
                    WriteFields(h, first, row, _workspace.KeyCounts[sample], fields[..(end - first)]);
                }
            }

            _workspace.Problems.UpdatePenaltyWeights(problem);
        }
    }

    /// <summary>What the selection of each key gives to the queries that ask for it: w_J mean J[h,i,j] + w_f f[h,j].</summary>
    private void WriteRewards(int sample, int problem, int head, Span<T> row)
    {
        (int first, int end) = AskingOf(problem, sample);
        T weight = T.CreateTruncating(_model.CouplingWeight / (end - first));
        ReadOnlySpan<T> couplings = CouplingsOf(_workspace.Couplings, sample, head);
        Rows.Scale(weight, couplings.Slice(first * _stride, _stride), row);
        for (int i = first + 1; i < end; i++)
        {
            Rows.AddScaled(weight, couplings.Slice(i * _stride, _stride), row);
        }

        if (_model.HasField)
        {
            Rows.AddScaled(
                T.CreateTruncating(_model.FieldWeight), Slice(_workspace.Fields, (sample * _model.HeadCount) + head, _stride), row);
        }
    }

    private void WriteFields(int head, int firstUnit, ReadOnlySpan<T> row, int keyCount, Span<float> fields)
    {
        if (_shape.Unit == 1 && typeof(T) == typeof(float))
        {
            MemoryMarshal.Cast<T, float>(row).Slice(firstUnit, fields.Length).CopyTo(fields);
        }
        else
        {
            for (int u = 0; u < fields.Length; u++)
            {
                (int first, int end) = _shape.KeysOf(firstUnit + u, firstUnit + u + 1);
                T sum = T.Zero;
                for (int j = first; j < Math.Min(end, keyCount); j++)
                {
                    sum += row[j];
                }

                fields[u] = float.CreateTruncating(sum);
            }
        }

        for (int u = 0; u < fields.Length && _table.HasFields; u++)
        {
            fields[u] = (float)(fields[u] + _table.FieldOf(head, firstUnit + u));
        }
    }

    private void WriteCouplings()
    {
        int length = CouplingsOf(_model);
        for (int own = 0; own < _shape.Problems && (own + 1) * (long)length <= _workspace.ProblemCouplings.Length && length > 0; own++)
        {
            _table.WriteCouplings(_shape.StartsAtZero ? 0 : _shape.UnitsOf(own).First, _workspace.ProblemCouplings.AsSpan(own * length, length));
        }
    }

    /// <summary>The units that a problem of a sample selects among: those with a key that is present.</summary>
    private (int First, int End) CandidatesOf(int problem, int sample)
    {
        (int first, int end) = _shape.UnitsOf(problem);
        (int firstQuery, int endQuery) = QueriesOf(problem, sample);
        int present = (int)(((long)_workspace.KeyCounts[sample] + _shape.Unit - 1) / _shape.Unit);
        return (first, firstQuery < endQuery ? Math.Max(first, Math.Min(end, present)) : first);
    }

    /// <summary>The queries of a problem that a sample has.</summary>
    private (int First, int End) QueriesOf(int problem, int sample)
    {
        (int first, int end) = _shape.QueriesOf(problem);
        return (first, Math.Max(first, Math.Min(end, _workspace.TokenCounts[sample])));
    }

    private (int First, int End) AskingOf(int problem, int sample)
    {
        (int first, int end) = _shape.AskingOf(problem);
        return (first, Math.Max(first, Math.Min(end, _workspace.TokenCounts[sample])));
    }

    private Span<T> CouplingsOf(T[] memory, int sample, int head) =>
        Slice(memory, (sample * _model.HeadCount) + head, _shape.Queries * _stride);
}
