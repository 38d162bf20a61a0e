namespace Qama.Layers;

/// <summary>Where the temperature of an expectation's reads is taken from, of which its gradient makes use.</summary>
public enum TemperatureSource
{
    /// <summary>The declaration: samplers must draw at that temperature.</summary>
    Declared,

    /// <summary>The reads of each pass (<see cref="QuboAttentionLayer{T}.EstimateTemperature"/>): for samplers and machines that draw at a
    /// temperature of their own.</summary>
    Estimated,
}
