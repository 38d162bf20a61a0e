namespace Qama.Layers;

/// <summary>The source of the temperature of an expectation's reads, of which its gradient makes use.</summary>
public enum TemperatureSource
{
    /// <summary>The declaration: samplers must draw at that temperature.</summary>
    Declared,

    /// <summary>The reads of each pass (<see cref="QuboAttentionLayer{T}.EstimateTemperature"/>): for samplers and
    /// machines that draw at a
    /// temperature of their own.</summary>
    Estimated,
}
