using Qama.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>The input stage: absent tokens taken out, then LayerNorm, projection and bias, then the heads.</summary>
internal static class InputTensors
{
    /// <summary>The input with absent tokens replaced, so that whatever stands there is never read.</summary>
    /// <param name="input">[batch, tokens, width].</param>
    /// <param name="present">Which tokens are there.</param>
    /// <remarks>The sample's first token stands in (ones where a sample has none) rather than zeros: coefficients of
    /// absent tokens count nowhere, but they must have finite derivatives, for 0 times infinity is NaN, and many have
    /// none at 0.</remarks>
    public static Tensor Fill(Tensor input, PresentTokens present)
    {
        if (present.AreAll)
        {
            return input;
        }

        Tensor isPresent = present.Tokens.unsqueeze(2);
        Tensor first = input.detach().narrow(1, 0, 1);
        Tensor instead = first.masked_fill(isPresent.narrow(1, 0, 1).bitwise_not(), 1);
        return Elements.Choose(isPresent, input, instead.expand_as(input));
    }

    /// <summary>One role's projected input, [batch, heads, tokens, dim].</summary>
    public static Tensor Project(
        Tensor input, ModelDescriptor model, ParameterLayout layout, IReadOnlyList<Tensor> parameters, InputRole role)
    {
        Tensor x = input;
        if (layout.LayerNorm(parameters, role) is ({ } scale, { } shift))
        {
            // libtorch has no layer_norm for tensors without data, of which only the shape is asked.
            x = x.device_type == DeviceType.META
                ? x * scale + shift
                : nn.functional.layer_norm(x, [model.EmbeddingDim], scale, shift, Numerics.Norms.LayerNorm.Epsilon);
        }

        if (layout.Projection(parameters, role) is ({ } weight, var bias))
        {
            x = nn.functional.linear(x, weight, bias);
        }

        return x.view(x.shape[0], model.Tokens, model.HeadCount, model.HeadDim).transpose(1, 2);
    }
}
