using Qama.Examples.Common;
using Qama.Examples.Quickstart;

return await ExampleCommand.RunAsync("Runs the code of the tutorial.", args, _ =>
{
    ForwardPass.Run();
    Problems.RunAsync().GetAwaiter().GetResult();
    Training.Run();
});
