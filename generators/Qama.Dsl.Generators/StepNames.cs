namespace Qama.Generators;

/// <summary>Names of the generator's steps, for tests of its caching.</summary>
internal static class StepNames
{
    public const string Declaration = nameof(Declaration);
    public const string Options = nameof(Options);
    public const string Torch = nameof(Torch);
    public const string Tensors = nameof(Tensors);
    public const string Files = nameof(Files);
}
