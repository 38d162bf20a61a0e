namespace Qama.Examples.Vision;

/// <summary>What the command line of <c>machine</c> asks for.</summary>
/// <param name="Run">A training's result (JSON); its checkpoint lies beside it.</param>
/// <param name="Data">Folder that <c>get-data.sh</c> filled.</param>
/// <param name="Images">Test images.</param>
/// <param name="Solutions">Solutions that the machine gives per task.</param>
/// <param name="Steps">Steps of the emulated machine.</param>
/// <param name="Threads">Threads of the model.</param>
/// <param name="Out">Folder of the result.</param>
internal sealed record MachineSettings(string Run, string Data, int Images, int Solutions, int Steps, int Threads, string Out);
