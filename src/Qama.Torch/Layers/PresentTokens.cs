using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Which tokens of a batch are there, and which pairs of them.</summary>
/// <param name="tokens">[batch, tokens], booleans.</param>
/// <param name="areAll">Whether it is known that no token is absent.</param>
/// <param name="free">Pairs that may have a coupling, [tokens, tokens], booleans; false on the diagonal.</param>
internal sealed class PresentTokens(Tensor tokens, bool areAll, Tensor free)
{
    /// <summary>[batch, tokens], booleans.</summary>
    public Tensor Tokens => tokens;

    /// <summary>Whether it is known that no token is absent.</summary>
    public bool AreAll => areAll;

    /// <summary>Present tokens, [batch, 1, tokens].</summary>
    public Tensor OfHead { get; } = tokens.unsqueeze(1);

    /// <summary>Pairs of present tokens that may have a coupling, [batch or 1, 1, tokens, tokens].</summary>
    public Tensor Pairs { get; } = areAll ? free.view(1, 1, free.shape[0], free.shape[1]) : free & Both(tokens);

    /// <summary>Pairs of present tokens that may have a coupling, and every present token with itself.</summary>
    public Tensor PairsAndSelf()
    {
        Tensor self = eye(free.shape[0], dtype: ScalarType.Bool, device: free.device);
        Tensor all = (free | self).view(1, 1, free.shape[0], free.shape[1]);
        return areAll ? all : all & Both(tokens);
    }

    private static Tensor Both(Tensor tokens) => tokens.unsqueeze(1).unsqueeze(3) & tokens.unsqueeze(1).unsqueeze(2);
}
