using System.Runtime.CompilerServices;
using Qama.Torch.Native;

namespace Qama.Torch.Tests;

internal static class Start
{
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Run() => LibTorch.Prepare();
#pragma warning restore CA2255
}
