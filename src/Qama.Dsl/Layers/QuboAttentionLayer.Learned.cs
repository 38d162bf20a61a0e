namespace Qama.Layers;

/// <content>Couplings that are learned, beside those of the data.</content>
public abstract partial class QuboAttentionLayer<T>
{
    /// <summary>The learned numbers; null without.</summary>
    internal Parameter<T>? LearnedCoupling { get; }

    private static Parameter<T>? CreateLearnedCoupling(ModelDescriptor descriptor)
    {
        if (descriptor.LearnedCoupling is not { } learned)
        {
            return null;
        }

        if (learned.Tokens != descriptor.KeyTokens || learned.Heads != descriptor.HeadCount || descriptor.CouplingFactor is not null)
        {
            throw new ArgumentException("Expected a learned coupling of the model's tokens and heads, and couplings written out.", nameof(descriptor));
        }

        return new Parameter<T>(LearnedCouplingDescription.Name, learned.Shape);
    }

    /// <summary>Writes the table that a pass reads.</summary>
    private void WriteLearnedCouplings(LayerWorkspace<T> workspace)
    {
        if (LearnedCoupling is { } learned)
        {
            Model.LearnedCoupling!.WriteTable<T>(learned.Value, workspace.LearnedCouplings);
        }
    }

    private void AddLearnedCouplingGradient(LayerWorkspace<T> workspace)
    {
        if (LearnedCoupling is { } learned)
        {
            Model.LearnedCoupling!.AddGradient<T>(workspace.LearnedCouplingsGradient, learned.Gradient);
        }
    }
}
