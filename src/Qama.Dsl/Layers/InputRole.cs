namespace Qama.Layers;

/// <summary>The three inputs of attention.</summary>
internal enum InputRole
{
    Query = 0,
    Key = 1,
    Value = 2,
}
