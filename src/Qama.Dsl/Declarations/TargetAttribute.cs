namespace Qama;

/// <summary>Declares the machine that the problems must fit; checked at compile time.</summary>
/// <param name="device">The machine.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TargetAttribute(Device device) : Attribute
{
    /// <summary>The machine.</summary>
    public Device Device { get; } = device;

    /// <summary>Number of spins, the auxiliary one included. Required for <see cref="Device.Custom"/>; otherwise the device's
    /// own number is used where it is left out.</summary>
    public int Spins { get; set; }

    /// <summary>Width of a signed integer coefficient, 2 to 24. Required for <see cref="Device.Custom"/>; otherwise the
    /// device's own width is used where it is left out.</summary>
    public int Bits { get; set; }
}
