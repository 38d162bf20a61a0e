namespace Qama.Training;

/// <summary>Where a training stands between two epochs.</summary>
/// <param name="CompletedEpochs">Epochs that are behind.</param>
/// <param name="StepsBefore">The optimiser's steps before the first of them: those of earlier trainings.</param>
/// <param name="StepsPerEpoch">Steps of an epoch; 0 where <paramref name="Data"/> is null.</param>
/// <param name="Data">The training data; null before an epoch ended, when any may follow.</param>
internal readonly record struct TrainingState(
    int CompletedEpochs, long StepsBefore, int StepsPerEpoch, DataFingerprint? Data)
{
    /// <summary>The optimiser's steps when that many epochs ended.</summary>
    public long Steps => StepsBefore + (long)CompletedEpochs * StepsPerEpoch;
}
