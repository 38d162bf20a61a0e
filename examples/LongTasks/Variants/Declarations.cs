using Qama.Layers;

namespace Qama.Examples.LongTasks;

/// <summary>The declared layers of a variant: a class for every task and length.</summary>
internal sealed class Declarations
{
    private const string Recall = RecallTask.Name;
    private const string Copying = CopyingTask.Name;
    private const string Induction = InductionTask.Name;
    private const string ListOps = ListOpsTask.Name;
    private const string Brackets = BracketTask.Name;

    /// <summary>Attention over selected tokens; the selection is a constant of the gradient.</summary>
    public static readonly Declarations Selected = new()
    {
        _layers =
        {
            [(Recall, 64)] = seed => new SelectedRecall64(seed),
            [(Recall, 128)] = seed => new SelectedRecall128(seed),
            [(Recall, 256)] = seed => new SelectedRecall256(seed),
            [(Recall, 512)] = seed => new SelectedRecall512(seed),
            [(Induction, 256)] = seed => new SelectedInduction256(seed),
            [(Induction, 1_024)] = seed => new SelectedInduction1024(seed),
            [(Induction, 4_096)] = seed => new SelectedInduction4096(seed),
            [(Induction, 16_384)] = seed => new SelectedInduction16384(seed),
            [(Induction, 65_536)] = seed => new SelectedInduction65536(seed),
            [(ListOps, ListOpsTask.SequenceTokens)] = seed => new SelectedListOps(seed),
        },
    };

    /// <summary>The same with every token selected, which is softmax attention with fields: a training can begin with
    /// it, so that fields learn which tokens are of use before the others are out of reach.</summary>
    public static readonly Declarations Wide = new()
    {
        _layers =
        {
            [(Recall, 64)] = seed => new WideRecall64(seed),
            [(Recall, 128)] = seed => new WideRecall128(seed),
            [(Recall, 256)] = seed => new WideRecall256(seed),
            [(Recall, 512)] = seed => new WideRecall512(seed),
            [(Induction, 256)] = seed => new WideInduction256(seed),
            [(ListOps, 500)] = seed => new WideListOps500(seed),
            [(ListOps, ListOpsTask.SequenceTokens)] = seed => new WideListOps(seed),
        },
    };

    /// <summary>With a gradient through the selection, and couplings nearly off: what goes on after <see cref="Wide"/>,
    /// which leaves couplings of tokens that nobody asks as they are. Longer sequences, where nothing is trained, have
    /// the classes without.</summary>
    public static readonly Declarations Guided = new()
    {
        _layers =
        {
            [(Recall, 64)] = seed => new GuidedRecall64(seed),
            [(Recall, 128)] = seed => new GuidedRecall128(seed),
            [(Recall, 256)] = seed => new GuidedRecall256(seed),
            [(Recall, 512)] = seed => new GuidedRecall512(seed),
            [(Induction, 256)] = seed => new GuidedInduction256(seed),
            [(Induction, 1_024)] = seed => new SelectedInduction1024(seed),
            [(Induction, 4_096)] = seed => new SelectedInduction4096(seed),
            [(Induction, 16_384)] = seed => new SelectedInduction16384(seed),
            [(Induction, 65_536)] = seed => new SelectedInduction65536(seed),
            [(ListOps, ListOpsTask.SequenceTokens)] = seed => new GuidedListOps(seed),
        },
    };

    /// <summary>Without a gradient through the selection, and couplings nearly off: what <see cref="Wide"/> has taught the
    /// fields goes on to choose, and they learn as part of attention's exponents alone.</summary>
    public static readonly Declarations Energy = new()
    {
        _layers =
        {
            [(Recall, 64)] = seed => new EnergyRecall64(seed),
            [(ListOps, ListOpsTask.SequenceTokens)] = seed => new EnergyListOps(seed),
        },
    };

    /// <summary>With the cheapest gradient through the selection, which takes the solver's Jacobian for −1.</summary>
    public static readonly Declarations Identity = new()
    {
        _layers =
        {
            [(Recall, 64)] = seed => new IdentityRecall64(seed),
            [(Recall, 128)] = seed => new IdentityRecall128(seed),
            [(Recall, 256)] = seed => new IdentityRecall256(seed),
            [(Recall, 512)] = seed => new IdentityRecall512(seed),
            [(ListOps, ListOpsTask.SequenceTokens)] = seed => new IdentityListOps(seed),
        },
    };

    /// <summary>A selection for every query.</summary>
    public static readonly Declarations PerQuery = new()
    {
        _layers =
        {
            [(Recall, 64)] = seed => new QueryRecall64(seed),
            [(Recall, 128)] = seed => new QueryRecall128(seed),
            [(Recall, 256)] = seed => new QueryRecall256(seed),
            [(Recall, 512)] = seed => new QueryRecall512(seed),
        },
    };

    /// <summary>A causal selection with a memory.</summary>
    public static readonly Declarations Memory = new()
    {
        _layers =
        {
            [(Copying, 32)] = seed => new MemoryCopying32(seed),
            [(Copying, 64)] = seed => new MemoryCopying64(seed),
            [(Copying, 128)] = seed => new MemoryCopying128(seed),
            [(Copying, 256)] = seed => new MemoryCopying256(seed),
            [(Copying, 1_024)] = seed => new MemoryCopying1024(seed),
            [(Copying, 4_096)] = seed => new MemoryCopying4096(seed),
        },
    };

    /// <summary>Marginals with learned couplings between keys.</summary>
    public static readonly Declarations Boltzmann = new()
    {
        _layers =
        {
            [(Brackets, 16)] = seed => new BoltzmannBrackets16(seed),
            [(Brackets, 32)] = seed => new BoltzmannBrackets32(seed),
            [(Brackets, 64)] = seed => new BoltzmannBrackets64(seed),
            [(Brackets, 128)] = seed => new BoltzmannBrackets128(seed),
        },
    };

    /// <summary>Marginals without couplings between keys.</summary>
    public static readonly Declarations Sigmoid = new()
    {
        _layers =
        {
            [(Brackets, 16)] = seed => new SigmoidBrackets16(seed),
            [(Brackets, 32)] = seed => new SigmoidBrackets32(seed),
            [(Brackets, 64)] = seed => new SigmoidBrackets64(seed),
            [(Brackets, 128)] = seed => new SigmoidBrackets128(seed),
        },
    };

    private readonly Dictionary<(string Task, int Length), Func<long, QuboAttentionLayer<float>>> _layers = [];

    /// <summary>Recall with some gradient through the selection, by length.</summary>
    public static Declarations OfRecall(params (int Length, Func<long, QuboAttentionLayer<float>> Create)[] layers) => Of(Recall, layers);

    /// <summary>Brackets with some gradient through the selection.</summary>
    public static Declarations OfBrackets(Func<long, QuboAttentionLayer<float>> create) => Of(Brackets, (32, create));

    private static Declarations Of(string task, params (int Length, Func<long, QuboAttentionLayer<float>> Create)[] layers)
    {
        var declarations = new Declarations();
        foreach ((int length, Func<long, QuboAttentionLayer<float>> create) in layers)
        {
            declarations._layers.Add((task, length), create);
        }

        return declarations;
    }

    /// <summary>Lengths of a task that there are classes for.</summary>
    public IEnumerable<int> Lengths(string task) => _layers.Keys.Where(k => k.Task == task).Select(k => k.Length).Order();

    /// <summary>Whether there is a class for a task and length.</summary>
    public bool Has(TokenTask task) => _layers.ContainsKey((task.Kind, task.Length));

    /// <summary>The layer for a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="seed">Seed of initial values and sampling.</param>
    /// <exception cref="InvalidDataException">There is no class for its length.</exception>
    public QuboAttentionLayer<float> Create(TokenTask task, long seed) =>
        _layers.TryGetValue((task.Kind, task.Length), out Func<long, QuboAttentionLayer<float>>? create)
            ? create(seed)
            : throw new InvalidDataException(
                $"This variant has no class for {task.Kind} of length {task.Length}: expected one of "
                + $"{string.Join(", ", _layers.Keys.Select(k => $"{k.Task} {k.Length}"))}.");
}
