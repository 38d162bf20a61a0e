using Qama.Layers;

namespace Qama.Tests.Layers;

public class ModelDescriptorTests
{
    // A record's own text has every property, and a model is its own Problem: it would not end.
    [Fact]
    public void A_model_is_told_in_a_line()
    {
        ModelDescriptor model = HandwrittenLayer<float>.Descriptor;
        Assert.Same(model, model.Problem);
        Assert.Equal("Handwritten: 4 tokens of width 6, 2 heads of width 3, 16 variables a problem", $"{model}");
    }
}
