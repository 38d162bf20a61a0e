using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace Qama.Torch.Loading;

/// <summary>Loads TorchSharp's native part where the system alone would not.</summary>
/// <remarks>
/// LibTorchSharp 0.107.0 for Linux was linked with a libstdc++ that has <c>GLIBCXX_3.4.32</c> (GCC 13). It asks for one
/// symbol of that version, <c>std::ios_base_library_init</c>, which is never called: naming it is how GCC 13's
/// <c>&lt;iostream&gt;</c> makes sure that the library sets up the standard streams, which older ones do in each
/// program. Debian 12 and Ubuntu 22.04 have 3.4.30, and the system's loader refuses. So where TorchSharp's own attempt
/// has failed, a copy is loaded in which that version is marked as one that may be missing (VER_FLG_WEAK, ELF
/// specification, "Symbol versioning"). Nothing on disk is changed; the copy is deleted as soon as it is loaded.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class LibTorch
{
    private const string Library = "LibTorchSharp";
    private static int _isPrepared;

    /// <summary>Sees to it, once, that torch's native part loads on older systems too: to be called before anything of
    /// TorchSharp is used. Generated code does so when a program that declares models starts.</summary>
    /// <remarks>On Linux it also sets <c>OMP_WAIT_POLICY=PASSIVE</c> in the process where the environment says nothing:
    /// libtorch's OpenMP threads otherwise spin after each operation on the processors that samplers want
    /// next.</remarks>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Exchange(ref _isPrepared, 1) != 0)
        {
            return;
        }

        // libgomp reads it when it is loaded; .NET's own environment is a copy that native code does not see.
        SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", 0);
        AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += Resolve;
    }

#pragma warning disable CA2255 // A library's module initializer: nothing of TorchSharp may be used before it.
    [ModuleInitializer]
    internal static void Initialize() => Prepare();
#pragma warning restore CA2255

    // Asked after the usual places: the library is missing, or could not be loaded.
    private static nint Resolve(Assembly assembly, string name)
    {
        // Without libtorch TorchSharp itself says which package is missing.
        if (name != Library || assembly != typeof(torch).Assembly || Find($"lib{Library}.so") is not { } original
            || Find("libtorch.so") is not { } torchLibrary)
        {
            return 0;
        }

        byte[] image = File.ReadAllBytes(original);
        if (!VersionNeeds.MakeWeak(image, "GLIBCXX_3.4.32"))
        {
            return 0;
        }

        LoadNeeded(Path.GetDirectoryName(torchLibrary)!);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("qama-torch-");
        try
        {
            string copy = Path.Combine(folder.FullName, Path.GetFileName(original));
            using (var stream = new FileStream(copy, FileMode.CreateNew))
            {
                stream.Write(image);
            }

            return NativeLibrary.Load(copy);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                $"{Library} needs a libstdc++ with GLIBCXX_3.4.32 (GCC 13: Debian 13, Ubuntu 24.04 or later). This "
                + "system's is older, and a copy that does without could not be loaded from "
                + $"'{folder.FullName}': set TMPDIR to a folder that programs may be run from, or use a newer system. "
                + exception.Message,
                exception);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // The copy stands elsewhere, so what it needs must be there before it.
    private static void LoadNeeded(string folder)
    {
        foreach (string library in new[] { "libc10.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so" })
        {
            string path = Path.Combine(folder, library);
            if (File.Exists(path))
            {
                NativeLibrary.Load(path);
            }
        }
    }

    private static string? Find(string file)
    {
        string folders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"))
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"))
            .Select(f => Path.Combine(f, file))
            .FirstOrDefault(File.Exists);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
