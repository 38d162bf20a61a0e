namespace Qama.Generators.Emission.Terms;

/// <summary>One penalty's part of the code that handles energies.</summary>
internal abstract class TermWriter
{
    /// <summary>Name and value of the constant that holds its final weight.</summary>
    public abstract (string Name, double Value) Weight { get; }

    /// <summary>Its energy as mathematics.</summary>
    public abstract string Formula { get; }

    /// <summary>Adds it to <c>weights</c>, a form over selection weights.</summary>
    public abstract void WriteAssembly(SourceWriter writer);

    /// <summary>Adds it to <c>energy</c>, for a <c>state</c>.</summary>
    public abstract void WriteEnergy(SourceWriter writer);

    /// <summary>Adds ∂E/∂s to the row <c>slope</c> of head <c>h</c>, given its <c>selection</c> and the sums of all heads,
    /// <c>columns</c>.</summary>
    public abstract void WriteSlope(SourceWriter writer);
}
