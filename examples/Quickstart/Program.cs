using Qama.Examples.Quickstart;

ForwardPass.Run();
await Problems.RunAsync();
Training.Run();
